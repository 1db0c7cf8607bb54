const PATH = /^\/gateway\/sessions\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The address, on this server, at which a viewer's WebSocket is let into a session with `ticket`. */
export function gatewayUrl(sessionId: string, ticket: string): string {
  return `/gateway/sessions/${sessionId}?ticket=${encodeURIComponent(ticket)}`;
}

/** The session a path of the gateway is for; null when it is none of the gateway's. */
export function sessionIdIn(pathname: string): string | null {
  return PATH.exec(pathname)?.[1] ?? null;
}
