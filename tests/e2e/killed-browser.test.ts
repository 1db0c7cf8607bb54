import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { canRunDesktops } from "../support/desktop-requirements";
import { fileOf } from "../support/desktop-tab";
import { HiddenDesktopTab, signInHere } from "../support/hidden-desktop-tab";
import { SPOOLS_LEFT } from "../support/kept-spools";
import { PageScene, SOON } from "../support/page-checks";
import { RawChromium } from "../support/raw-chromium";
import { requireCommand } from "../support/requirements";
import { decodeVideo } from "../support/video";

const missing = ["chromium", "ffmpeg", "ffprobe"].some((name) => requireCommand(name) === null);
/** After it the reaper takes a recording for abandoned; it looks every minute. */
const LEASE_MS = 2 * 60 * 1000;

interface Killed {
  readonly id: string;
  /** By the clock on the wall, from the red mark's appearance until the browser was killed. */
  readonly clockSeconds: number;
  readonly safeBytes: bigint;
}

describe.skipIf(missing || !canRunDesktops)(
  "somebody whose browser is killed while it records",
  () => {
    const scene = PageScene.install();
    const profileOf = (name: string) => join(scene.product.directory, name);

    /** Records for a while, of which the last seconds do not reach the server, and kills the browser. */
    async function recordAndKill(profile: string): Promise<Killed> {
      const chromium = await RawChromium.launch("/usr/bin/chromium", profile);
      try {
        const tab = await HiddenDesktopTab.open(chromium, scene.product);
        await tab.record();
        const startedAt = performance.now();
        const { id } = await scene.product.db.recording.findFirstOrThrow({
          where: { sessionId: tab.sessionId },
        });
        await expect.poll(async () => (await rowOf(id)).uploadOffset, SOON).toBeGreaterThan(0n);
        await tab.cutUploads();
        const cutAt = await tab.recordedSeconds();
        await expect.poll(() => tab.recordedSeconds(), SOON).toBeGreaterThan(cutAt + 4);
        const clockSeconds = (performance.now() - startedAt) / 1000;
        await chromium.kill();
        return { id, clockSeconds, safeBytes: (await rowOf(id)).uploadOffset };
      } finally {
        await chromium.kill();
      }
    }

    /** Opens the list of recordings in the browser with the same profile, and waits until all is said and done. */
    async function comeBack(profile: string): Promise<void> {
      const chromium = await RawChromium.launch("/usr/bin/chromium", profile);
      try {
        await signInHere(chromium, scene.product);
        const tab = await chromium.open(`${scene.product.url}/recordings`);
        const said = () => tab.evaluate("document.querySelector('article')?.innerText ?? ''");
        await expect
          .poll(said, { timeout: 30_000 })
          .toMatch(/^The recording of Desktop .* is saved\./);
        await expect.poll(() => tab.evaluate(SPOOLS_LEFT), SOON).toEqual([]);
      } finally {
        await chromium.kill();
      }
    }

    const rowOf = (id: string) => scene.product.db.recording.findUniqueOrThrow({ where: { id } });

    /** All that was on the screen up to a second before the end is in the file. */
    async function expectWhole({ id, clockSeconds, safeBytes }: Killed): Promise<void> {
      const row = await rowOf(id);
      expect(row).toMatchObject({ status: "ready", interrupted: false, truncated: false });
      expect(row.uploadOffset).toBeGreaterThan(safeBytes);
      const { durationSeconds } = await decodeVideo(await fileOf(scene.product, id));
      expect(durationSeconds).toBeGreaterThan(clockSeconds - 1);
      expect(durationSeconds).toBeLessThan(clockSeconds + 1);
    }

    test("has all but its last second when they come back", async () => {
      const profile = profileOf("comes-back");
      const killed = await recordAndKill(profile);
      expect((await rowOf(killed.id)).status).toBe("recording");
      await comeBack(profile);
      await expectWhole(killed);
    });

    test("has it too when they come back after it was given up, and it says so", async () => {
      const profile = profileOf("comes-back-late");
      const killed = await recordAndKill(profile);
      await scene.product.db.recording.update({
        where: { id: killed.id },
        data: { lastAppendAt: new Date(Date.now() - LEASE_MS) },
      });
      await expect
        .poll(() => rowOf(killed.id), { timeout: 90_000, interval: 500 })
        .toMatchObject({ status: "ready", interrupted: true });
      await comeBack(profile);
      await expectWhole(killed);
      expect((await rowOf(killed.id)).recovered).toBe(true);
    });
  },
);
