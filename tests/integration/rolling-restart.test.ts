import { setTimeout as delay } from "node:timers/promises";
import { chromium } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { createWebSocketStream } from "ws";
import { afterClose } from "@/app/_components/session-tab/after-close";
import { CLOSE_CODES } from "@/lib/gateway/close-codes";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import type { SessionJson, TicketJson } from "@/lib/sessions/session-schema";
import { CHROMIUM_FLAGS } from "../support/captures";
import { canRunDesktops } from "../support/desktop-requirements";
import { DesktopTab } from "../support/desktop-tab";
import { startCluster } from "../support/kubernetes/cluster";
import { IMAGES } from "../support/kubernetes/kubelet";
import { type LongStream, longStream } from "../support/long-stream";
import { signedInPage } from "../support/page-checks";
import { type Product, startProduct } from "../support/product";
import { RfbClient } from "../support/rfb-client";
import { QUEUE_BACKENDS } from "../support/queue-backends";
import { createBucket, hasRadosgw, s3Environment } from "../support/radosgw";
import { requireCommand } from "../support/requirements";
import { roundRobin, type RoundRobin } from "../support/round-robin";
import { openViewer } from "../support/session-scene";
import { startTusSender, type TusSender } from "../support/tus-sender";
import { decodeVideo } from "../support/video";

const PIECES = 40;
const RECORDINGS = 3;
/** As a recorder does: what has come by since the last time. */
const SEND_EVERY_MS = 250;
const TIMEOUT_MS = 300_000;
/** Much less than a server is away, more than a busy machine takes to begin and to stop. */
const LITTLE_SECONDS = 2;

const redis = QUEUE_BACKENDS.find(({ name }) => name === "Redis");

/** Sends a stream piece by piece while `restarting`, and its end afterwards; answers every status that came. */
async function record(
  sender: TusSender,
  { bytes }: LongStream,
  restarting: Promise<void>,
): Promise<number[]> {
  const statuses: number[] = [];
  const pieceBytes = Math.ceil(bytes.length / PIECES);
  const send = async (at: number, length?: number) => {
    const answer = await sender.send(at, bytes.subarray(at, at + pieceBytes), length);
    statuses.push(answer.status);
    await answer.arrayBuffer();
  };
  const last = (PIECES - 1) * pieceBytes;
  for (let at = 0; at < last; at += pieceBytes) {
    await send(at);
    await delay(SEND_EVERY_MS);
  }
  await restarting;
  await send(last, bytes.length);
  return statuses;
}

/** What somebody sees who goes on using the product. */
async function lookAround(
  proxy: RoundRobin,
  cookie: string,
  until: AbortSignal,
): Promise<number[]> {
  const statuses: number[] = [];
  while (!until.aborted) {
    for (const path of ["/api/recordings", "/recordings"]) {
      const answer = await fetch(`${proxy.url}${path}`, { headers: { cookie } });
      statuses.push(answer.status);
      await answer.arrayBuffer();
    }
    await delay(SEND_EVERY_MS);
  }
  return statuses;
}

/** A desktop that outlives whichever server started it. */
async function launchDesktop({ url: origin }: RoundRobin, cookie: string): Promise<string> {
  const headers = { cookie, origin, "content-type": "application/json" };
  const body = JSON.stringify({ app_id: "desktop" });
  const launched = await fetch(`${origin}/api/sessions`, { method: "POST", headers, body });
  const { id } = (await launched.json()) as SessionJson;
  for (;;) {
    const answer = await fetch(`${origin}/api/sessions/${id}`, { headers });
    const { status } = (await answer.json()) as SessionJson;
    if (status === "running") return id;
    if (status !== "creating") throw new Error(`The session is ${status}.`);
    await delay(SEND_EVERY_MS);
  }
}

interface SeenDesktop {
  readonly screen: RfbClient;
  readonly closed: Promise<number>;
}

/** Somebody at that desktop, whose tab comes back with a new ticket whenever its WebSocket closes. */
class Watcher {
  /** With which the server has closed their WebSockets. */
  readonly codes: number[] = [];

  private constructor(
    private readonly proxy: RoundRobin,
    private readonly cookie: string,
    private readonly sessionId: string,
  ) {}

  /** `watching` resolves once `until` aborts and the desktop is seen then. */
  static async sitDown(proxy: RoundRobin, cookie: string, until: AbortSignal) {
    const watcher = new Watcher(proxy, cookie, await launchDesktop(proxy, cookie));
    const first = await watcher.#see();
    return { watcher, watching: watcher.#watch(first, until) };
  }

  async #watch(first: SeenDesktop | null, until: AbortSignal): Promise<void> {
    const told = new Promise<null>((resolve) => {
      until.addEventListener("abort", () => resolve(null), { once: true });
    });
    for (let seen = first; ; seen = await this.#see()) {
      if (seen !== null) {
        const code = await Promise.race([seen.closed, told]);
        if (code === null) {
          await seen.screen.picture();
          seen.screen.close();
          return;
        }
        this.codes.push(code);
      }
      await delay(SEND_EVERY_MS);
    }
  }

  /** Null where the server that was asked goes just then. */
  async #see(): Promise<SeenDesktop | null> {
    const { url: origin } = this.proxy;
    const answer = await fetch(`${origin}/api/sessions/${this.sessionId}/ticket`, {
      method: "POST",
      headers: { cookie: this.cookie, origin },
    });
    expect(answer.status).toBe(201);
    const ticket = (await answer.json()) as TicketJson;
    if (ticket.kind !== "desktop") throw new Error("This is no desktop.");
    const { webSocket, closed } = openViewer(
      { address: new URL(origin).host },
      this.sessionId,
      ticket.ticket,
    );
    try {
      const screen = await RfbClient.connect(createWebSocketStream(webSocket), ticket.password);
      await screen.picture();
      return { screen, closed };
    } catch {
      return null;
    }
  }
}

async function restartEach(products: readonly Product[]): Promise<void> {
  for (const which of ["web", "worker"] as const) {
    for (const product of products) await product.restart(which);
  }
}

/** Somebody at a desktop in a browser, where they have begun to record it. */
async function recordInBrowser(product: Product, { url }: RoundRobin): Promise<DesktopTab> {
  const executablePath = "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  onTestFinished(() => browser.close());
  const page = await signedInPage(browser, { ...product, url });
  page.setDefaultTimeout(TIMEOUT_MS);
  const tab = await DesktopTab.launch(page);
  await tab.connected();
  await tab.record();
  return tab;
}

/** What everybody's processes keep their things in; gone when the test is over, however far it came. */
async function openSurroundings(): Promise<Record<string, string>> {
  const queue = await redis!.open();
  onTestFinished(() => queue.close());
  // Its desktops are processes of this test's: they outlive any server, as those in a cluster do.
  const cluster = await startCluster();
  onTestFinished(() => cluster.close());
  return {
    ...s3Environment(await createBucket()),
    REDIS_URL: queue.config.redisUrl!,
    SORTIE_SESSION_PROVIDER: "kubernetes",
    SORTIE_DESKTOP_IMAGE: IMAGES.desktop,
    KUBECONFIG: cluster.kubeconfig,
  };
}

async function openProduct(settings: Readonly<Record<string, string>>): Promise<Product> {
  const product = await startProduct(settings);
  onTestFinished(() => product.close());
  return product;
}

const canRun =
  hasRadosgw() &&
  redis?.here === true &&
  canRunDesktops &&
  ["chromium", "ffmpeg", "ffprobe"].every((name) => requireCommand(name) !== null);

test.skipIf(!canRun)(
  "two web processes and two workers are replaced one by one: whoever records notices nothing, and a desktop comes back at once",
  { timeout: TIMEOUT_MS },
  async () => {
    const settings = await openSurroundings();
    const first = await openProduct(settings);
    const second = await openProduct({ ...settings, DATABASE_URL: first.databaseUrl });
    const products = [first, second];
    const proxy = await roundRobin([first.url, second.url], { probe: "/readyz" });
    onTestFinished(() => proxy.close());
    const over = new AbortController();
    onTestFinished(() => over.abort());

    const stream = await longStream(8);
    const who = first.administrator;
    const cookie = await first.signIn(who);
    const download = async (id: string) => {
      const url = `${proxy.url}/api/recordings/${id}/download`;
      return Buffer.from(await (await fetch(url, { headers: { cookie } })).arrayBuffer());
    };
    const tab = await recordInBrowser(first, proxy);
    const senders = await Promise.all(
      Array.from({ length: RECORDINGS }, () => startTusSender(first, who, proxy.url)),
    );
    const { watcher, watching } = await Watcher.sitDown(proxy, cookie, over.signal);
    const looking = lookAround(proxy, cookie, over.signal);
    const restarting = restartEach(products);
    const sent = await Promise.all(senders.map((each) => record(each, stream, restarting)));
    over.abort();
    for (const statuses of sent) expect(statuses).toEqual(Array(PIECES).fill(204));
    expect(new Set(await looking)).toEqual(new Set([200]));
    await watching;
    expect(new Set(watcher.codes)).toEqual(new Set([CLOSE_CODES.restarting]));
    expect(afterClose(CLOSE_CODES.restarting)).toEqual({ then: "retry" });
    // Whichever it was at first, the other one has taken over.
    expect(new Set(proxy.joined)).toEqual(new Set([0, 1]));
    for (const { id } of senders) {
      const file = await download(id);
      expect(file.subarray(RESERVED_HEADER_BYTES).equals(stream.body)).toBe(true);
    }

    await tab.connected();
    const { id, clockSeconds } = await tab.stop();
    await tab.saved();
    expect(await first.db.recording.findUniqueOrThrow({ where: { id } })).toMatchObject({
      ...{ status: "ready", interrupted: false, truncated: false },
    });
    const { durationSeconds } = await decodeVideo(await download(id));
    expect(Math.abs(durationSeconds - clockSeconds)).toBeLessThan(LITTLE_SECONDS);
    for (const { log } of products) {
      const troubles = log.filter(({ level }) => Number(level) >= 50);
      expect(troubles).toEqual([]);
      expect(log.filter(({ msg }) => msg === "stopping")).toHaveLength(2);
    }
  },
);
