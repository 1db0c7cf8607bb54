import type { Duplex } from "node:stream";
import { assertNever } from "@/lib/errors/assert-never";
import { beginsWith, RFB_GREETING } from "./first-words";
import type { SessionSpec } from "./session-provider";

/** What holds for the containers of apps, whatever runs them. */

/** Labels of everything that a session has outside: whose it is, and of which installation. */
export const SESSION_LABEL = "sortie.session-id";
export const INSTALLATION_LABEL = "sortie.instance-id";

/** Where a desktop's image listens for RFB; see the contract in docs/operating.md. */
export const RFB_PORT = 5900;

/** The home of an app's user; it can be written, and is empty at the start. */
export const APP_HOME = "/home/user";

/** Keeps a container of terminals there, without one, and buries what they orphan. */
export const KEEP_OPEN: readonly string[] = [
  "/bin/sh",
  "-c",
  "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done",
];

/** What a terminal runs where its app names no command. */
export const SHELL: readonly string[] = [
  "/bin/sh",
  "-c",
  "if command -v bash >/dev/null; then exec bash; else exec sh; fi",
];

/** The port of a session's container that this server talks to; null for terminals, which have none. */
export function portOf(spec: SessionSpec): number | null {
  switch (spec.kind) {
    case "desktop":
      return RFB_PORT;
    case "web":
      return spec.port;
    case "terminal":
      return null;
  }
}

/** Whether an app of this kind speaks at the other end of a new connection to its port, which is used up. */
export async function answers(
  kind: SessionSpec["kind"],
  stream: Duplex,
  signal: AbortSignal,
): Promise<boolean> {
  switch (kind) {
    case "desktop":
      return beginsWith(stream, RFB_GREETING, signal);
    case "web":
      // Whatever it answers.
      stream.write("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      return beginsWith(stream, "HTTP/1.", signal);
    case "terminal":
      return true;
    default:
      return assertNever(kind);
  }
}
