import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeCallbackPath } from "@/lib/auth/callback-path";
import { currentActor } from "@/lib/auth/require-user";
import { signInErrorSentence } from "@/lib/auth/sign-in-error";
import { RecordMark } from "../_components/shell/record-mark";
import { SignInForm } from "../_components/sign-in-form";
import { type PageSearch, searchText } from "../_components/page-search";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { readonly searchParams: PageSearch }) {
  const search = await searchParams;
  const callbackPath = safeCallbackPath(searchText(search, "callbackUrl"));
  if ((await currentActor()) !== null) redirect(callbackPath);
  const error = searchText(search, "error");
  return (
    <main className="flex justify-center px-4 pt-[max(2rem,22dvh)] pb-8">
      <div className="w-full max-w-80">
        <div className="mb-6 flex items-center gap-2.5">
          <RecordMark />
          <h1 className="text-lg font-semibold tracking-tight">Sign in to Sortie</h1>
        </div>
        <SignInForm
          callbackPath={callbackPath}
          initialProblem={error === "" ? null : signInErrorSentence(error)}
        />
      </div>
    </main>
  );
}
