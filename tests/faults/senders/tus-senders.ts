import { captures } from "@/tests/support/captures";
import type { SenderPlan } from "../plan";
import type { World } from "../world";
import { startRecording } from "./api";
import type { Sender } from "./sender";
import { TusSender } from "./tus-sender";

/** Several recordings at once, each sent by a client of its own. */
export async function startTusSenders(
  world: World,
  plan: Extract<SenderPlan, { kind: "tus" }>,
): Promise<Sender> {
  const sources = await captures();
  const senders = await Promise.all(
    plan.captures.map(async (kind) => {
      const { recordingId } = await startRecording(world);
      const { cookie, network } = world;
      const source = sources[kind].bytes;
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
    shownMs: null,
    close: kill,
  };
}
