import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage } from "node:http";

// The server and the route handlers are bundled apart: only the global object is common to both.
const slot = Symbol.for("sortie.incomingMessage");
type Holder = { [slot]?: AsyncLocalStorage<IncomingMessage> };

function storage(): AsyncLocalStorage<IncomingMessage> {
  const found = (globalThis as Holder)[slot];
  if (found !== undefined) return found;
  const made = new AsyncLocalStorage<IncomingMessage>();
  (globalThis as Holder)[slot] = made;
  return made;
}

/** Runs `handle` so that everything it leads to can reach the message it answers. */
export function withIncomingMessage<T>(message: IncomingMessage, handle: () => T): T {
  return storage().run(message, handle);
}

/**
 * The message that is being answered, as Node received it; undefined where no server did. Large
 * bodies are read from it: through Next's `Request` each chunk would pass three more queues, which
 * costs as much as receiving it.
 */
export function incomingMessage(): IncomingMessage | undefined {
  return storage().getStore();
}

const callerSlot = Symbol.for("sortie.caller");
type Called = { [callerSlot]?: string };

/** Notes who asks, for the line that is logged of the request. */
export function noteCaller(userId: string): void {
  const message = incomingMessage();
  if (message !== undefined) (message as Called)[callerSlot] = userId;
}

/** Whose request it is; undefined where nobody has found out. */
export function callerOf(message: IncomingMessage): string | undefined {
  return (message as Called)[callerSlot];
}
