import { CircleAlert } from "lucide-react";

/** Why signing in did not work, said also to who listens. */
export function SignInProblem({ problem }: { readonly problem: string | null }) {
  return (
    <div role="alert" className="empty:hidden">
      {problem !== null && (
        <p className="flex gap-2 text-failed">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {problem}
        </p>
      )}
    </div>
  );
}
