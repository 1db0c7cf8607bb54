/** Whether a request is made with a token instead of a browser's cookie (RFC 6750); then the cookie counts for nothing. */
export function isBearer(headers: Headers): boolean {
  return /^bearer /i.test(headers.get("authorization") ?? "");
}
