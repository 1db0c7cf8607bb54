import { z } from "zod";
import { signInErrorSentence } from "@/lib/auth/sign-in-error";

const csrfSchema = z.object({ csrfToken: z.string() });
/** What the server refused before next-auth saw it, such as a page opened at another address than ours. */
const problemSchema = z.object({ error: z.object({ message: z.string() }) });
const answerSchema = z.object({ url: z.string() });

const UNREACHABLE = "The server cannot be reached. Check the connection and try again.";

/**
 * Signs this browser in through next-auth's credentials endpoint. Null when it worked, else a sentence
 * that says why not. next-auth's own client would leave the page when the server does not answer.
 */
export async function signInHere(username: string, password: string): Promise<string | null> {
  if (username === "" || password === "") return "Type your user name and your password.";
  try {
    const csrf = await fetch("/api/auth/csrf", { cache: "no-store" });
    if (!csrf.ok) return signInErrorSentence(csrf.status === 429 ? "rate_limited" : "unavailable");
    const { csrfToken } = csrfSchema.parse(await csrf.json());
    const answer = await fetch("/api/auth/callback/credentials", {
      method: "POST",
      body: new URLSearchParams({ csrfToken, username, password, json: "true" }),
    });
    const body: unknown = await answer.json();
    const refused = problemSchema.safeParse(body);
    if (refused.success) return refused.data.error.message;
    // next-auth tells the outcome in the address that a browser without scripts would be sent to.
    const { searchParams } = new URL(answerSchema.parse(body).url, window.location.origin);
    if (searchParams.has("csrf")) return signInErrorSentence("cookies_refused");
    const error = searchParams.get("error");
    if (error !== null) return signInErrorSentence(error);
    return answer.ok ? null : signInErrorSentence("internal");
  } catch (error) {
    return error instanceof TypeError ? UNREACHABLE : signInErrorSentence("internal");
  }
}
