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
  const answer = await post("/api/auth/callback/credentials", { username, password });
  return answer.problem;
}

/**
 * Begins signing in at the OpenID provider, and leads back to `callbackPath` after it. Null when the browser is
 * on its way there, else a sentence that says why not.
 */
export async function signInElsewhere(callbackPath: string): Promise<string | null> {
  const answer = await post("/api/auth/signin/oidc", { callbackUrl: callbackPath });
  if (answer.problem === null) window.location.assign(answer.url);
  return answer.problem;
}

type Answer =
  | { readonly problem: null; readonly url: string }
  | { readonly problem: string; readonly url?: undefined };

/** Posts a form to next-auth with its own token against forgery. */
async function post(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  try {
    const csrf = await fetch("/api/auth/csrf", { cache: "no-store" });
    if (!csrf.ok) {
      return { problem: signInErrorSentence(csrf.status === 429 ? "rate_limited" : "unavailable") };
    }
    const { csrfToken } = csrfSchema.parse(await csrf.json());
    const answer = await fetch(path, {
      method: "POST",
      body: new URLSearchParams({ ...form, csrfToken, json: "true" }),
    });
    const body: unknown = await answer.json();
    const refused = problemSchema.safeParse(body);
    if (refused.success) return { problem: refused.data.error.message };
    // next-auth tells the outcome in the address that a browser without scripts would be sent to.
    const { url } = answerSchema.parse(body);
    const { searchParams } = new URL(url, window.location.origin);
    if (searchParams.has("csrf")) return { problem: signInErrorSentence("cookies_refused") };
    const error = searchParams.get("error");
    if (error !== null) return { problem: signInErrorSentence(error) };
    return answer.ok ? { problem: null, url } : { problem: signInErrorSentence("internal") };
  } catch (error) {
    const problem = error instanceof TypeError ? UNREACHABLE : signInErrorSentence("internal");
    return { problem };
  }
}
