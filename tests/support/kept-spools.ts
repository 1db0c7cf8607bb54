import type { Page } from "playwright-core";
import type { Product } from "./product";
import { startSentRecording } from "./sent-recording";

/** What a tab that was killed leaves in its browser. */
export interface LeftSpool {
  readonly recordingId: string;
  readonly bytes: Uint8Array;
}

interface Leaving {
  readonly bytes: Uint8Array;
  /** How many of them the server got before. */
  readonly sentBytes?: number;
  /** What the label says; left out, it is as the recorder writes it. */
  readonly label?: string | null;
  /** What the recorder made. */
  readonly mimeType?: string;
}

/**
 * Starts a recording as `username`, who is signed in to `page`, and leaves its bytes in the page's browser as a
 * recorder does that was killed. The page must be one on which nothing looks for them.
 */
export async function leaveSpool(
  { db, url }: Product,
  page: Page,
  username: string,
  { bytes, sentBytes = 0, label, mimeType = "video/webm;codecs=vp9" }: Leaving,
): Promise<LeftSpool> {
  const sent = await startSentRecording(page, db, username);
  if (sentBytes > 0) await sent.send(bytes.subarray(0, sentBytes));
  const { userId, sessionId, createdAt } = await db.recording.findUniqueOrThrow({
    where: { id: sent.id },
  });
  const written = JSON.stringify({
    ...{ recordingId: sent.id, userId, sessionId, appName: "Desktop" },
    uploadUrl: `${url}/api/recordings/${sent.id}/upload`,
    mimeType,
    createdAt: createdAt.toISOString(),
  });
  await writeSpool(page, sent.id, label === undefined ? written : label, bytes);
  return { recordingId: sent.id, bytes };
}

async function writeSpool(
  page: Page,
  recordingId: string,
  label: string | null,
  bytes: Uint8Array,
): Promise<void> {
  await page.evaluate(
    async ([id, text, base64]) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle("sortie-spool", { create: true });
      const own = await folder.getDirectoryHandle(id, { create: true });
      const write = async (name: string, content: string | Uint8Array<ArrayBuffer>) => {
        const file = await own.getFileHandle(name, { create: true });
        const writable = await file.createWritable();
        await writable.write(content);
        await writable.close();
      };
      if (text !== null) await write("label.json", text);
      await write(
        "stream",
        Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
      );
    },
    [recordingId, label, Buffer.from(bytes).toString("base64")] as const,
  );
}

/** An expression for the ids of the recordings of which the page's browser keeps bytes, in order. */
export const SPOOLS_LEFT = `(async () => {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("sortie-spool", { create: true });
  const ids = [];
  for await (const name of folder.keys()) ids.push(name);
  return ids.sort();
})()`;

export async function spoolsLeft(page: Page): Promise<string[]> {
  return await page.evaluate(SPOOLS_LEFT);
}
