import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { deferred } from "@/tests/support/deferred";
import { RawChromium, type RawTab } from "@/tests/support/raw-chromium";
import { requireCommand } from "@/tests/support/requirements";
import type { SenderPlan } from "../plan";
import type { World } from "../world";
import type { Ledger } from "./ledger";
import { RecorderPage } from "./recorder-page";
import type { Sender } from "./sender";

/** The session that the page records. */
const SESSION_ID = "5f0d6f2e-7f3c-4c39-9a53-0a1d3a1c7f11";
const MAX_SIZE_BYTES = 500 * 1024 * 1024;
const POLL_MS = 50;
const READY_TIMEOUT_MS = 30_000;

/** A real Chromium with the product's recorder, on a canvas on which everything moves. */
export async function startBrowserSender(
  world: World,
  plan: Extract<SenderPlan, { kind: "browser" }>,
): Promise<Sender> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    // Not a copy: what the sender knows of its end is told later.
    return Object.assign(await open(world, plan, (end) => closing.push(end)), { close });
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  world: World,
  plan: Extract<SenderPlan, { kind: "browser" }>,
  onClose: (end: () => Promise<unknown>) => void,
): Promise<Omit<Sender, "close">> {
  await world.newSession(SESSION_ID);
  const page = await RecorderPage.start(world.webPorts);
  onClose(() => page.close());
  world.network.lead([page.port]);
  onClose(() => {
    world.network.lead(world.webPorts);
    return Promise.resolve();
  });
  const profile = await mkdtemp(join(tmpdir(), "sortie-faults-profile-"));
  onClose(() => rm(profile, { recursive: true, force: true }));
  const chromium = await RawChromium.launch(requireCommand("chromium") ?? "", profile);
  onClose(() => chromium.kill());
  const tab = await openRecorder(chromium, world);
  await tab.evaluate(
    `lab.show(640, 360, "#123"); lab.move(); lab.prepare(${MAX_SIZE_BYTES}); lab.start()`,
  );
  const ledger = await until(() => page.ledger);
  return senderOf(tab, chromium, ledger, plan.recordMs);
}

function senderOf(
  tab: RawTab,
  chromium: RawChromium,
  ledger: Ledger,
  recordMs: number,
): Omit<Sender, "close"> {
  const killed = deferred<undefined>();
  const recorded = (async () => {
    await delay(recordMs);
    await tab.evaluate("lab.stop()");
    const ended = `lab.until(({ phase }) => phase === "ready" || phase === "failed")`;
    const state = await tab.evaluate<{ phase: string; reason?: string }>(ended);
    if (state.phase === "failed")
      ledger.offences.push(`the recorder gave up: ${state.reason ?? ""}`);
  })();
  // A tab that is killed answers nothing any more.
  recorded.catch(() => undefined);
  const sender = {
    ledgers: [ledger],
    ended: Promise.race([recorded, killed.promise]),
    comeBack: null,
    setClock: async (hours: number) => {
      await tab.evaluate(clockSetTo(hours));
    },
    shownMs: null as number | null,
    kill: async () => {
      sender.shownMs = await tab.evaluate<number>("lab.state().elapsedMs ?? null");
      await chromium.kill();
      killed.resolve(undefined);
    },
  };
  return sender;
}

/** An expression after which the page's clock is wrong by so many hours. Its timers go on, as they would. */
function clockSetTo(hours: number): string {
  return `void (() => {
    const Real = (self.RealDate ??= Date);
    const now = () => Real.now() + ${hours} * 3_600_000;
    self.Date = class extends Real {
      constructor(...given) {
        super(...(given.length === 0 ? [now()] : given));
      }
      static now() {
        return now();
      }
    };
  })()`;
}

async function openRecorder(chromium: RawChromium, { network, cookie }: World): Promise<RawTab> {
  const tab = await chromium.open(`${network.url}/`);
  const [name = "", value = ""] = cookie.split(/=(.*)/s);
  await tab.send("Network.setCookie", { name, value, url: network.url });
  const isReady = "document.URL !== 'about:blank' && 'lab' in self";
  await until(async () => ((await tab.evaluate<boolean>(isReady)) ? true : null));
  return tab;
}

/** The first answer that is not null. @throws Error when none comes */
async function until<T>(ask: () => T | null | Promise<T | null>): Promise<T> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== null) return answer;
    await delay(POLL_MS);
  }
  throw new Error("The recorder's page did not come up.");
}
