/** The gateway's address as a WebSocket wants it; `url` may be relative to this page. */
export function gatewayAddress(url: string): URL {
  const absolute = new URL(url, window.location.href);
  absolute.protocol = absolute.protocol.replace("http", "ws");
  return absolute;
}
