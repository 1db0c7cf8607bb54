/**
 * What the sign-in page is told when it fails: next-auth passes on one text, so a code, with the
 * seconds to wait behind a colon where waiting helps. Used by the server and by the page.
 */
export interface SignInError {
  readonly code: string;
  readonly retryAfterSeconds?: number | undefined;
}

export function encodeSignInError({ code, retryAfterSeconds }: SignInError): string {
  return retryAfterSeconds === undefined ? code : `${code}:${Math.ceil(retryAfterSeconds)}`;
}

/** The sentence for the `error` that next-auth's `signIn` returns or that `/sign-in?error=` carries. */
export function signInErrorSentence(error: string): string {
  const [code = "", seconds] = error.split(":");
  switch (code) {
    case "wrong_credentials":
      return "The user name or the password is wrong. Check both and try again.";
    case "account_disabled":
      return "This account is disabled. Ask an administrator to enable it.";
    case "no_role":
      return "You are known there, but nothing that is said of you gives you a role here. Ask an administrator.";
    case "local_accounts_off":
      return "Nobody signs in with a password here. Use the button.";
    case "OAuthSignin":
    case "OAuthCallback":
    case "Callback":
      return "The other side did not answer or did not let you in. Try again; if it stays, tell an administrator.";
    case "rate_limited":
      return `Too many wrong passwords. Try again ${whenToTryAgain(Number(seconds))}.`;
    case "cookies_refused":
      return "The browser did not keep Sortie's cookie. Allow cookies for this address and try again.";
    case "unavailable":
      return "Signing in is not possible right now. Try again in a few seconds.";
    default:
      return "Signing in did not work. Try again; if it stays, ask an administrator.";
  }
}

function whenToTryAgain(seconds: number): string {
  if (!(seconds > 0)) return "in a few minutes";
  return seconds <= 60 ? "in a minute" : `in ${Math.ceil(seconds / 60)} minutes`;
}
