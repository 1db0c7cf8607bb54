import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createIndexer } from "@/lib/media/create-indexer";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { findRecording, type Recording } from "@/lib/recordings/recording-repository";
import { decodeVideo, type Video } from "@/tests/support/video";
import type { Ledger } from "./senders/ledger";
import type { World } from "./world";

export interface Verdict {
  readonly acknowledgedBytes: number;
  /** Acknowledged bytes that belong to a whole picture and are not in a file that can be watched. */
  readonly lostBytes: number;
  /** Neither ready nor failed with a reason. */
  readonly isStuck: boolean;
  /** Where the last picture stands in the stored file; null without a file that can be watched. */
  readonly lastFrameMs: number | null;
  /** Everything that is not as it must be, in words. */
  readonly offences: readonly string[];
}

/** Compares what a sender was promised with what a viewer gets. `isWhole`: nothing kept the sender from sending it all. */
export async function judge(world: World, ledger: Ledger, isWhole: boolean): Promise<Verdict> {
  const { acknowledgedBytes, takenBackBytes, recordingId } = ledger;
  const offences = [...ledger.offences, ...ledger.rudeAnswers];
  const row = await findRecording(world.db, recordingId);
  if (row === null) {
    offences.push("its row is gone");
    return {
      acknowledgedBytes,
      lostBytes: acknowledgedBytes,
      isStuck: false,
      lastFrameMs: null,
      offences,
    };
  }
  const isStuck = row.status === "recording" || row.status === "uploading";
  const wanted = fileOf(ledger.source().subarray(0, Math.max(row.uploadOffset, acknowledgedBytes)));
  offences.push(...stateOffences(row, ledger, isWhole, wanted));
  const stored = row.status === "ready" ? await download(world, row) : null;
  const kept =
    stored === null ? 0 : commonPrefix(wanted.body, stored.subarray(RESERVED_HEADER_BYTES));
  const required = fileOf(ledger.source().subarray(0, acknowledgedBytes)).body.length;
  const lostBytes = Math.max(takenBackBytes, required - kept);
  let lastFrameMs: number | null = null;
  if (stored !== null) {
    if (
      stored.length !== RESERVED_HEADER_BYTES + wanted.body.length ||
      kept !== wanted.body.length
    ) {
      offences.push(
        `its file has ${stored.length} bytes, right up to ${RESERVED_HEADER_BYTES + kept}; it should have ${RESERVED_HEADER_BYTES + wanted.body.length}`,
      );
    }
    const video = await decode(stored, offences);
    if (video !== null) lastFrameMs = (video.frameTimes.at(-1) ?? 0) * 1000;
  }
  return { acknowledgedBytes, lostBytes, isStuck, lastFrameMs, offences };
}

function stateOffences(
  row: Recording,
  ledger: Ledger,
  isWhole: boolean,
  wanted: WantedFile,
): string[] {
  const { status, uploadOffset, failReason, interrupted } = row;
  const offences: string[] = [];
  const should = (holds: boolean, words: string) => {
    if (!holds) offences.push(words);
  };
  should(uploadOffset >= ledger.acknowledgedBytes, `its row is at ${uploadOffset} only`);
  if (status === "failed") {
    should(
      !wanted.hasMedia && failReason === "nothing_captured",
      `it failed with ${failReason ?? "no reason"} although pictures arrived`,
    );
  } else {
    should(status === "ready", `it is ${status}`);
    const lacksSome = uploadOffset !== ledger.length();
    should(
      status !== "ready" || interrupted === lacksSome,
      interrupted ? "it is marked interrupted" : "it is not marked interrupted",
    );
  }
  if (isWhole) should(uploadOffset === ledger.length(), "its sender is done, but not all is there");
  return offences;
}

interface WantedFile {
  /** What has to follow the reserved header: the stream's own bytes up to the last whole block. */
  readonly body: Uint8Array;
  readonly hasMedia: boolean;
}

/** The body is verbatim, so only where it begins and ends is asked of the indexer. */
function fileOf(stream: Uint8Array): WantedFile {
  const indexer = createIndexer();
  indexer.feed(stream);
  const { bodyEnd, blockEnd, hasMedia } = indexer;
  if (!hasMedia) return { body: new Uint8Array(0), hasMedia };
  const start = stream.length - (bodyEnd - RESERVED_HEADER_BYTES);
  return { body: stream.subarray(start, start + blockEnd - RESERVED_HEADER_BYTES), hasMedia };
}

function commonPrefix(wanted: Uint8Array, found: Uint8Array): number {
  const longest = Math.min(wanted.length, found.length);
  let same = 0;
  while (same < longest && wanted[same] === found[same]) same += 1;
  return same;
}

/** As a viewer gets it. */
async function download({ webUrl, cookie }: World, { id }: Recording): Promise<Uint8Array> {
  const response = await fetch(`${webUrl}/api/recordings/${id}/download`, { headers: { cookie } });
  if (!response.ok) throw new Error(`download: ${response.status} ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function decode(stored: Uint8Array, offences: string[]): Promise<Video | null> {
  try {
    return await decodeVideo(stored);
  } catch (error) {
    offences.push(`it does not play: ${String(error)}`);
    return null;
  }
}

/**
 * Unfinished files that belong to no recording which could still need them. On S3 such objects are allowed to
 * stay where it was away when they should have been removed.
 */
export async function findOrphans({ db, recordings, setting }: World): Promise<readonly string[]> {
  if (setting.backend === "s3") return [];
  const names = await readdir(recordings, { recursive: true });
  const unfinished = names.filter((name) => name.endsWith(".part"));
  const keys = unfinished.map((name) => name.replace(/\.part$/, ""));
  const owned = await db.recording.findMany({
    where: { storageKey: { in: keys }, status: { not: "ready" } },
    select: { storageKey: true },
  });
  const wanted = new Set(owned.map(({ storageKey }) => storageKey));
  return keys.filter((key) => !wanted.has(key)).map((key) => join(recordings, `${key}.part`));
}
