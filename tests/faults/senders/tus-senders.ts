import type { SenderPlan } from "../plan";
import type { World } from "../world";
import { startRecording } from "./api";
import type { Sender } from "./sender";
import { streamOf } from "./streams";
import { TusSender } from "./tus-sender";

/** Several recordings at once, each sent by a client of its own. */
export async function startTusSenders(
  world: World,
  plan: Extract<SenderPlan, { kind: "tus" }>,
): Promise<Sender> {
  // Before the first recording starts: it takes a while.
  const sources = await Promise.all(plan.streams.map(streamOf));
  const senders = await Promise.all(
    sources.map(async (source) => {
      const { recordingId } = await startRecording(world);
      const { cookie, network } = world;
      return new TusSender({
        url: network.url,
        cookie,
        recordingId,
        source,
        recordMs: plan.recordMs,
      });
    }),
  );
  const all = async (work: (sender: TusSender) => Promise<void>) => {
    await Promise.all(senders.map(work));
  };
  const kill = () => {
    for (const sender of senders) sender.kill();
    return Promise.resolve();
  };
  return {
    ledgers: senders.map(({ ledger }) => ledger),
    ended: all((sender) => sender.send()),
    kill,
    comeBack: plan.comesBack ? () => all((sender) => sender.comeBack()) : null,
    setClock: null,
    shownMs: null,
    close: kill,
  };
}
