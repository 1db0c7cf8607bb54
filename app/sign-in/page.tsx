import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeCallbackPath } from "@/lib/auth/callback-path";
import { currentActor } from "@/lib/auth/require-user";
import { signInErrorSentence } from "@/lib/auth/sign-in-error";
import { services } from "@/lib/composition/services";
import { RecordMark } from "../_components/shell/record-mark";
import { SignInElsewhere } from "../_components/sign-in-elsewhere";
import { SignInForm } from "../_components/sign-in-form";
import { type PageSearch, searchText } from "../_components/page-search";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { readonly searchParams: PageSearch }) {
  const search = await searchParams;
  const callbackPath = safeCallbackPath(searchText(search, "callbackUrl"));
  if ((await currentActor()) !== null) redirect(callbackPath);
  const error = searchText(search, "error");
  const problem = error === "" ? null : signInErrorSentence(error);
  const { oidc, localAccounts } = services().config.signIn;
  return (
    <main className="flex justify-center px-4 pt-[max(2rem,22dvh)] pb-8">
      <div className="w-full max-w-80">
        <div className="mb-6 flex items-center gap-2.5">
          <RecordMark />
          <h1 className="text-lg font-semibold tracking-tight">Sign in to Sortie</h1>
        </div>
        {localAccounts && <SignInForm callbackPath={callbackPath} initialProblem={problem} />}
        {localAccounts && oidc !== null && (
          <p className="my-4 border-t border-line pt-4 text-ink-muted">
            Or, without a password here:
          </p>
        )}
        {oidc !== null && (
          <SignInElsewhere
            name={oidc.name}
            callbackPath={callbackPath}
            initialProblem={localAccounts ? null : problem}
            alone={!localAccounts}
          />
        )}
      </div>
    </main>
  );
}
