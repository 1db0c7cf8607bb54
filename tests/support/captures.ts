import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { recordInPage, type CaptureOptions } from "./record-in-page";
import { requireCommand } from "./requirements";

const SHARED = { recordMs: 4_000, width: 640, keyframeEveryMs: 1_000 };

/** Of the files that captures are kept in. */
const STREAM_SUFFIX = ".stream";

type Recipes = Readonly<Record<string, Omit<CaptureOptions, keyof typeof SHARED>>>;

/** What each capture is made of; every one is what Chromium's MediaRecorder really gives. */
const WEBM = {
  /** SimpleBlocks. */
  vp9: { mimeType: "video/webm;codecs=vp9", canvas: "opaque" },
  vp8: { mimeType: "video/webm;codecs=vp8", canvas: "opaque" },
  /** BlockGroups with a second stream for transparency. */
  alpha: { mimeType: "video/webm;codecs=vp9", canvas: "alpha" },
  withAudio: { mimeType: "video/webm;codecs=vp9,opus", canvas: "opaque", sound: true },
  audioOnly: { mimeType: "audio/webm;codecs=opus", canvas: "none", sound: true },
  /** The same pixels drawn again and again. */
  still: { mimeType: "video/webm;codecs=vp9", canvas: "still" },
} as const satisfies Recipes;

/** A fragment for each keyframe. */
const MP4 = {
  avc: { mimeType: "video/mp4;codecs=avc1", canvas: "opaque" },
  vp9: { mimeType: "video/mp4;codecs=vp9", canvas: "opaque" },
  /** The sound is the first track, the picture the second. */
  withAudio: { mimeType: "video/mp4;codecs=avc1,opus", canvas: "opaque", sound: true },
  still: { mimeType: "video/mp4;codecs=avc1", canvas: "still" },
} as const satisfies Recipes;

/** Of WebM. */
export type CaptureKind = keyof typeof WEBM;
export const CAPTURE_KINDS = Object.keys(WEBM) as CaptureKind[];
export type Mp4Kind = keyof typeof MP4;

export interface Capture {
  readonly bytes: Uint8Array;
  /** Sizes of the `dataavailable` chunks, in order; 0 and 1 occur. */
  readonly chunkSizes: readonly number[];
  /** By the page's clock, from the recorder's start until the last picture was drawn. */
  readonly elapsedMs: number;
}

/** In WebM. Needs Chromium. */
export function captures(): Promise<Record<CaptureKind, Capture>> {
  return make(WEBM);
}

/** In MP4. Needs Chromium. */
export function mp4Captures(): Promise<Record<Mp4Kind, Capture>> {
  return make(MP4);
}

/** One browser makes all captures at once; they are kept in the temp folder for the next file. */
async function make<Kind extends string>(
  recipes: Readonly<Record<Kind, Recipes[string]>>,
): Promise<Record<Kind, Capture>> {
  const kinds = Object.keys(recipes) as Kind[];
  const executablePath = requireCommand("chromium");
  if (executablePath === null) throw new Error("Captures need chromium.");
  const recipe = JSON.stringify([recipes, SHARED, STREAM_SUFFIX, recordInPage.toString()]);
  const version = createHash("sha256").update(recipe).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), `sortie-captures-${version}`);
  const kept = await readCaptures(folder, kinds);
  if (kept !== null) return kept;

  const making = `${folder}.${randomUUID()}`;
  await mkdir(making);
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    await Promise.all(
      kinds.map(async (kind) => {
        const page = await browser.newPage();
        await saveCapture(making, kind, await capture(page, { ...recipes[kind], ...SHARED }));
      }),
    );
  } finally {
    await browser.close();
  }
  // Another test file may have been first: its captures are as good.
  await rename(making, folder).catch(() => undefined);
  return (await readCaptures(folder, kinds)) ?? (await make(recipes));
}

/** Flags for Chromium in tests, on a machine without a screen or a GPU. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** Records in a page that shows nothing else. */
export async function capture(page: Page, options: CaptureOptions): Promise<Capture> {
  // esbuild names functions through a helper that the page does not have.
  await page.evaluate("globalThis.__name = (named) => named");
  const { base64, chunkSizes, elapsedMs } = await page.evaluate(recordInPage, options);
  return { bytes: new Uint8Array(Buffer.from(base64, "base64")), chunkSizes, elapsedMs };
}

async function saveCapture(folder: string, kind: string, made: Capture): Promise<void> {
  const { bytes, chunkSizes, elapsedMs } = made;
  await writeFile(join(folder, kind + STREAM_SUFFIX), bytes);
  await writeFile(join(folder, `${kind}.json`), JSON.stringify({ chunkSizes, elapsedMs }));
}

async function readCaptures<Kind extends string>(
  folder: string,
  kinds: readonly Kind[],
): Promise<Record<Kind, Capture> | null> {
  try {
    const entries = kinds.map(async (kind) => {
      const facts = JSON.parse(await readFile(join(folder, `${kind}.json`), "utf8")) as Capture;
      return [
        kind,
        { ...facts, bytes: new Uint8Array(await readFile(join(folder, kind + STREAM_SUFFIX))) },
      ];
    });
    return Object.fromEntries(await Promise.all(entries)) as Record<Kind, Capture>;
  } catch {
    return null;
  }
}
