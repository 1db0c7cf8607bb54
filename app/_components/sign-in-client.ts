import { z } from "zod";
import { signInErrorSentence } from "@/lib/auth/sign-in-error";

const csrfSchema = z.object({ csrfToken: z.string() });
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
    const { url } = answerSchema.parse(await answer.json());
    // next-auth tells the outcome in the address that a browser without scripts would be sent to.
    const error = new URL(url, window.location.origin).searchParams.get("error");
    if (error !== null) return signInErrorSentence(error);
    return answer.ok ? null : signInErrorSentence("internal");
  } catch (error) {
    return error instanceof TypeError ? UNREACHABLE : signInErrorSentence("internal");
  }
}
