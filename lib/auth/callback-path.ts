/**
 * Where to go after signing in, out of a `callbackUrl` that anybody may have written: a path of our
 * own, never another site.
 */
export function safeCallbackPath(callbackUrl: string | undefined): string {
  const base = "http://sortie.invalid";
  if (callbackUrl?.startsWith("/") !== true || !URL.canParse(callbackUrl, base)) return "/";
  const { origin, pathname, search, hash } = new URL(callbackUrl, base);
  // "/.//example.org" stays on our origin, but as a path it would name another host.
  return origin === base && !pathname.startsWith("//") ? `${pathname}${search}${hash}` : "/";
}
