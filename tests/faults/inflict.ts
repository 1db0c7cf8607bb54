import { setTimeout as delay } from "node:timers/promises";
import { assertNever } from "@/lib/errors/assert-never";
import { skewedBy } from "./clock-skew";
import type { Fault } from "./plan";
import type { Sender } from "./senders/sender";
import type { World } from "./world";

/** Lets one fault happen at its moment; resolves when everything runs again as it should. */
export async function inflict(world: World, sender: Sender, fault: Fault): Promise<void> {
  await delay(fault.afterMs);
  const mend = await strike(world, sender, fault);
  await delay(fault.lastsMs);
  await mend();
}

type Mend = () => Promise<void>;

async function strike(world: World, sender: Sender, fault: Fault): Promise<Mend> {
  const { network, postgres, worker } = world;
  const [web] = world.webs;
  if (web === undefined) throw new Error("There is no web process.");
  switch (fault.kind) {
    case "kill-sender":
      await sender.kill();
      return () => Promise.resolve();
    case "kill-web":
    case "kill-worker": {
      const victim = fault.kind === "kill-web" ? web : worker;
      await victim.kill();
      return () => victim.start();
    }
    case "freeze-web":
      web.freeze();
      return () => {
        web.thaw();
        return Promise.resolve();
      };
    case "skew-web":
    case "skew-worker": {
      const victim = fault.kind === "skew-web" ? web : worker;
      return skewClock(victim, fault.hours);
    }
    case "skew-browser":
      await needed(sender.setClock)(fault.hours);
      return () => needed(sender.setClock)(0);
    case "skew-postgres":
      await postgres.kill();
      await postgres.startAgain(skewedBy(fault.hours));
      return () => Promise.resolve();
    case "kill-postgres":
      await postgres.kill();
      return () => postgres.startAgain();
    case "kill-redis":
      await needed(world.redis).kill();
      return () => needed(world.redis).startAgain();
    case "cut":
      return weather(network, { kind: "cut" });
    case "stall":
      return weather(network, { kind: "stalled" });
    case "lose-answers":
      return weather(network, { kind: "deaf" });
    case "throttle":
      return weather(network, { kind: "slow", bytesPerSecond: fault.bytesPerSecond });
    case "kill-s3":
      await needed(world.s3).gateway.kill();
      return () => needed(world.s3).gateway.start();
    case "cut-s3":
      return weather(needed(world.s3).network, { kind: "cut" });
    case "stall-s3":
      return weather(needed(world.s3).network, { kind: "stalled" });
    case "lose-s3-answers":
      return weather(needed(world.s3).network, { kind: "deaf" });
    case "fill-disk":
      await needed(world.disk).fill();
      return () => needed(world.disk).makeRoom();
    default:
      return assertNever(fault);
  }
}

function weather(network: World["network"], bad: Parameters<World["network"]["become"]>[0]): Mend {
  network.become(bad);
  return () => {
    network.become({ kind: "clear" });
    return Promise.resolve();
  };
}

/** The process starts with a wrong clock and keeps it to the end of the round: `mend` is for after the verdict. */
async function skewClock(victim: World["worker"], hours: number): Promise<Mend> {
  await victim.kill();
  await victim.start(skewedBy(hours));
  return () => Promise.resolve();
}

function needed<T>(part: T | null): T {
  if (part === null) throw new Error("This round needs what this world does not have.");
  return part;
}
