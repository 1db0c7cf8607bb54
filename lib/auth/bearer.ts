/** Whether a request is made with a token instead of a browser's cookie (RFC 6750); then the cookie counts for nothing. */
export function isBearer(headers: Headers): boolean {
  return /^bearer /i.test(headers.get("authorization") ?? "");
}

/** The token of a request that is made with one; null when the header holds none. */
export function bearerToken(headers: Headers): string | null {
  return /^bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}
