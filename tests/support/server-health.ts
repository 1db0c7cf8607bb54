import { readFileSync } from "node:fs";
import type { Product } from "./product";

/** What thousands of bad requests may leave behind in a server's memory. */
const MAX_GROWTH_KIB = 256 * 1024;

export interface HealthBefore {
  readonly pid: number;
  readonly residentKib: number;
}

/** How the web process is now. */
export function healthOf(product: Product): HealthBefore {
  const pid = product.pids().web;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return { pid, residentKib: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) };
}

/** What became of it since then, in words; empty when it is well. */
export function harmDone(product: Product, before: HealthBefore): string[] {
  const now = healthOf(product);
  const grownKib = now.residentKib - before.residentKib;
  return [
    ...(now.pid === before.pid ? [] : ["the server is another process"]),
    ...(grownKib < MAX_GROWTH_KIB ? [] : [`its memory has grown by ${grownKib} KiB`]),
    ...product.log.filter(isFault).map(({ msg, err }) => `${msg}: ${JSON.stringify(err)}`),
  ];
}

/** What the server itself calls a fault of its own. */
function isFault({ level }: Product["log"][number]): boolean {
  const ERROR = 50;
  return Number(level) >= ERROR;
}
