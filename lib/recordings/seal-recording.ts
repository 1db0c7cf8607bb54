import { type Client, recordAuditEvent, SYSTEM_ACTOR } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { AppError, isAppError } from "@/lib/errors/app-error";
import type { Logger } from "@/lib/logging/logger";
import { MediaError } from "@/lib/media/media-error";
import type { MediaIndexer, SealedHeader } from "@/lib/media/media-indexer";
import { measuredSeal } from "@/lib/metrics/measured";
import type { Metrics } from "@/lib/metrics/metrics";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { type Attributes, traced } from "@/lib/tracing/traced";
import { uploadLocked } from "./append-registry";
import { ClaimHolder } from "./claim-holder";
import { failRecording } from "./fail-recording";
import { recordingNotFound } from "./get-recording";
import {
  CLAIM_GIVEN_BACK,
  type Claim,
  claimForSeal,
  releaseClaim,
  updateClaimed,
} from "./recording-claim";
import { findRecording } from "./recording-repository";
import { nextStatus, type RecordingStatus } from "./recording-state";
import { DamagedIndexError, restoreIndexer } from "./restore-indexer";

export interface SealDeps {
  readonly db: Database;
  readonly store: RecordingStore;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, "seals" | "sealSeconds">;
  readonly now: () => Date;
}

export interface SealInput {
  readonly recordingId: string;
  /** Whose doing it is; null when the product seals by itself. */
  readonly by: { readonly actor: Actor; readonly client: Client } | null;
  /** Seal only when nothing has arrived for so long. */
  readonly idleMs?: number;
}

interface SealedBytes {
  readonly sizeBytes: number;
  readonly resumeTail: Uint8Array<ArrayBuffer> | null;
}

/** A partial block is a frame at most; anything longer is no picture worth a place in the row. */
const MAX_TAIL_BYTES = 4 * 1024 * 1024;
/** Bytes that are missing may come back with their volume: for so long they are not called lost. */
const LOST_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a recording ready from what has arrived, in a time that does not depend on its length; or
 * failed, when that amounts to nothing. Returns its status. Sealing again changes nothing.
 *
 * When the sender's stream has not come to its announced end, what it would need to go on is kept.
 * @throws AppError `upload_locked` while somebody appends, `not_found`, `unavailable`
 */
export async function sealRecording(deps: SealDeps, input: SealInput): Promise<RecordingStatus> {
  const { recordingId, idleMs = null } = input;
  const claim = await claimForSeal(deps.db, { recordingId, idleMs });
  if (claim === null) return settledStatus(deps, recordingId);
  try {
    const holder = new ClaimHolder(deps.db, claim);
    const seal = () => holder.keepDuring(() => sealClaimed(deps, holder, input.by));
    const span = { name: "recording.seal", attributes: ofRecording(recordingId) };
    return await traced(span, () => measuredSeal(deps.metrics, seal));
  } catch (error) {
    await releaseClaim(deps.db, claim).catch((err: unknown) =>
      deps.log.warn({ err }, "claim not released"),
    );
    throw error;
  }
}

/** What a span says of the recording it is about. */
export function ofRecording(recordingId: string): Attributes {
  return { "sortie.recording.id": recordingId };
}

async function settledStatus({ db }: SealDeps, recordingId: string): Promise<RecordingStatus> {
  const recording = await findRecording(db, recordingId);
  if (recording === null) throw recordingNotFound();
  if (recording.status === "ready" || recording.status === "failed") return recording.status;
  throw uploadLocked();
}

async function sealClaimed(
  deps: SealDeps,
  holder: ClaimHolder,
  by: SealInput["by"],
): Promise<RecordingStatus> {
  const { claim } = holder;
  const indexer = indexerOf(deps, claim);
  if (indexer === null) return failRecording(deps, claim, "seal_failed");
  const header = headerOf(indexer);
  if (header === "no_media") return failRecording(deps, claim, "nothing_captured");
  if (header === "unusable") return failRecording(deps, claim, "seal_failed");

  const isComplete = claim.uploadLength === claim.uploadOffset;
  const sealed = await unlessLost(claim, async () => {
    const resumeTail = isComplete ? null : await keepTail(deps, claim, indexer);
    const live = { key: claim.storageKey, state: claim.storageState };
    const keep = () => holder.confirm();
    const { sizeBytes } = await deps.store.seal(live, header.header, header.endPosition, keep);
    return { resumeTail, sizeBytes };
  });
  if (sealed === "lost") return failRecording(deps, claim, "storage_lost");
  const status = await markReady(deps, claim, header, sealed, by);
  await tidy(deps, claim);
  return status;
}

async function markReady(
  deps: SealDeps,
  claim: Claim,
  header: SealedHeader,
  { resumeTail, sizeBytes }: SealedBytes,
  by: SealInput["by"],
): Promise<RecordingStatus> {
  const status = nextStatus(nextStatus(claim.status, { type: "stop" }), { type: "seal" });
  const durationMs = Math.round(header.durationMs);
  await deps.db.$transaction(async (transaction) => {
    const isOurs = await updateClaimed(transaction, claim, {
      status,
      sizeBytes,
      durationMs,
      codec: header.codec,
      width: header.width,
      height: header.height,
      interrupted: claim.interrupted || isInterrupted(claim),
      ...(claim.status === "recording" ? { stoppedAt: deps.now() } : {}),
      completedAt: deps.now(),
      resumeTail,
      // Needed only to go on.
      ...(resumeTail === null ? { indexState: null } : {}),
      ...CLAIM_GIVEN_BACK,
    });
    if (!isOurs) throw uploadLocked();
    await recordAuditEvent(transaction, {
      actor: by?.actor ?? SYSTEM_ACTOR,
      client: by?.client ?? null,
      action: "recording.upload",
      target: { type: "recording", id: claim.recordingId },
      detail: { size_bytes: sizeBytes, duration_ms: durationMs },
    });
  });
  return status;
}

/** What is left over harms nobody, so failing here fails nothing. */
async function tidy({ store, log }: SealDeps, claim: Claim): Promise<void> {
  const live = { key: claim.storageKey, state: claim.storageState };
  await store
    .tidy(live)
    .catch((err: unknown) =>
      log.warn({ err, recordingId: claim.recordingId }, "remnants of a sealed recording stay"),
    );
}

/** Whether the sender went away: it never said where its stream ends, which stopping alone does not say, or not all came. */
function isInterrupted({ uploadLength, uploadOffset }: Claim): boolean {
  return uploadLength === null || uploadOffset < uploadLength;
}

/** Null when it is damaged, which trying again does not mend. */
function indexerOf({ log }: SealDeps, claim: Claim): MediaIndexer | null {
  try {
    return restoreIndexer(claim);
  } catch (err) {
    if (!(err instanceof DamagedIndexError)) throw err;
    log.error({ err, recordingId: claim.recordingId }, "recording cannot be sealed");
    return null;
  }
}

function headerOf(indexer: MediaIndexer): SealedHeader | "no_media" | "unusable" {
  try {
    return indexer.sealedHeader();
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    return error.code === "no_media" ? "no_media" : "unusable";
  }
}

/**
 * Saves the partial block that sealing is about to cut off, so that the sender can go on behind it.
 * Saved before the object is sealed: a crash between the two finds it in the row. Null when it cannot be had.
 */
async function keepTail(
  deps: SealDeps,
  claim: Claim,
  indexer: MediaIndexer,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (claim.resumeTail !== null) return Uint8Array.from(claim.resumeTail);
  const { blockEnd, bodyEnd } = indexer;
  if (bodyEnd - blockEnd > MAX_TAIL_BYTES) return null;
  const tail = new Uint8Array(bodyEnd - blockEnd);
  let filled = 0;
  if (tail.byteLength > 0) {
    const range = { start: blockEnd, end: bodyEnd - 1 };
    const live = { key: claim.storageKey, state: claim.storageState };
    for await (const chunk of await deps.store.readLive(live, range)) {
      tail.set(chunk as Uint8Array, filled);
      filled += (chunk as Uint8Array).byteLength;
    }
  }
  if (filled < tail.byteLength) return null;
  if (!(await updateClaimed(deps.db, claim, { resumeTail: tail }))) throw uploadLocked();
  return tail;
}

/**
 * Runs `work`, whose bytes may turn out to be missing. For long enough they count as unavailable only:
 * a volume that is not mounted looks the same, and comes back.
 */
async function unlessLost<T>(claim: Claim, work: () => Promise<T>): Promise<T | "lost"> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || error.code !== "not_found") throw error;
    if (claim.idleMs > LOST_AFTER_MS) return "lost";
    throw new AppError(
      "unavailable",
      "The storage does not have this recording's bytes right now. Nothing is given up yet; tell an administrator.",
      { cause: error },
    );
  }
}
