import { MediaClock } from "./media-clock";
import { createMemoryBackend } from "./memory-backend";
import { openOpfsBackend, spoolLockName } from "./opfs-backend";
import { Spool, type SpoolBackend } from "./spool";
import type { SpoolLabel } from "./spool-label";
import type { SpoolCall, SpoolRequest, SpoolResponse, SpoolResult } from "./spool-protocol";

interface OpenSpool {
  readonly spool: Spool;
  readonly mediaClock: MediaClock;
  readonly releaseLock: () => void;
}

let current: OpenSpool | null = null;
let queue: Promise<void> = Promise.resolve();

self.addEventListener("message", (event: MessageEvent<SpoolRequest>) => {
  queue = queue.then(() => answer(event.data));
});

async function answer({ id, call }: SpoolRequest): Promise<void> {
  try {
    const result = await perform(call);
    respond({ id, ok: true, result });
  } catch (error) {
    respond({ id, ok: false, message: error instanceof Error ? error.message : String(error) });
  }
}

function respond(response: SpoolResponse): void {
  const transfer =
    response.ok && response.result instanceof Uint8Array ? [response.result.buffer] : [];
  self.postMessage(response, { transfer });
}

async function perform(call: SpoolCall): Promise<SpoolResult> {
  if (call.call === "open") {
    current = await open(call.label);
    return { keptIn: current.spool.keptIn };
  }
  if (current === null) throw new Error("No spool is open.");
  const { spool, mediaClock, releaseLock } = current;
  switch (call.call) {
    case "append": {
      const bytes = new Uint8Array(await call.chunk.arrayBuffer());
      return { spooledBytes: spool.append(bytes), encodedMs: mediaClock.feed(bytes) };
    }
    case "read":
      return spool.read(call.position, call.length);
    case "release":
      spool.release(call.position);
      return null;
    case "close":
      spool.close();
      break;
    case "remove":
      await spool.remove();
      break;
  }
  releaseLock();
  current = null;
  return null;
}

async function open(label: SpoolLabel): Promise<OpenSpool> {
  const releaseLock = await holdLock(spoolLockName(label.recordingId));
  const backend: SpoolBackend = await openOpfsBackend().catch(createMemoryBackend);
  const spool = await Spool.create(backend, label).catch(() =>
    Spool.create(createMemoryBackend(), label),
  );
  return { spool, mediaClock: new MediaClock(), releaseLock };
}

/** Resolves once the lock is held, with what releases it; the browser does so too when the tab dies. */
function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(
      name,
      () => new Promise<void>((release) => resolve(release)),
    );
    held.catch(reject);
  });
}
