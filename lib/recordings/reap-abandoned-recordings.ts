import { isAppError } from "@/lib/errors/app-error";
import { findAbandoned, mendTimes } from "./recording-repository";
import { type SealDeps, sealRecording } from "./seal-recording";

/** A sender that has shown no sign of life for so long is taken to be gone; it may still come back. */
export const RECORDING_LEASE_MS = 2 * 60 * 1000;

const BATCH = 100;
const BEFORE_EVERY_ID = "00000000-0000-0000-0000-000000000000";

export interface Reaped {
  readonly sealed: number;
  /** Those that amounted to nothing, or cannot be finished. */
  readonly failed: number;
  /** Those that could not be looked after now; the next run tries again. */
  readonly postponed: number;
}

interface ReapOptions {
  readonly leaseMs?: number;
  /** Ends it after the recording at hand, with an error; nothing is lost of what was done. */
  readonly signal?: AbortSignal;
}

/**
 * Finishes recordings whose sender has gone, from what arrived. Any number of processes may do so at
 * once: each recording is claimed, and looked at again under its claim. Flat in memory.
 */
export async function reapAbandonedRecordings(
  deps: SealDeps,
  { leaseMs = RECORDING_LEASE_MS, signal }: ReapOptions = {},
): Promise<Reaped> {
  await mendTimes(deps.db);
  const reaped = { sealed: 0, failed: 0, postponed: 0 };
  for (let afterId: string | undefined = BEFORE_EVERY_ID; afterId !== undefined;) {
    const ids = await findAbandoned(deps.db, { idleMs: leaseMs, afterId, limit: BATCH });
    for (const recordingId of ids) {
      signal?.throwIfAborted();
      reaped[await reap(deps, recordingId, leaseMs)] += 1;
    }
    afterId = ids.at(-1);
  }
  return reaped;
}

async function reap(deps: SealDeps, recordingId: string, idleMs: number): Promise<keyof Reaped> {
  try {
    const status = await sealRecording(deps, { recordingId, by: null, idleMs });
    return status === "ready" ? "sealed" : "failed";
  } catch (err) {
    // Locked: its sender, or another reaper, has it. Not found: it was deleted meanwhile.
    const isExpected =
      isAppError(err) && (err.code === "upload_locked" || err.code === "not_found");
    if (!isExpected) deps.log.error({ err, recordingId }, "abandoned recording not sealed");
    return "postponed";
  }
}
