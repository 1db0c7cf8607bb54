import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The pids of everything a process has started, and what that has started, as of now. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const child of allPids()) {
    const parent = readStat(child)?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const collect = (of: number): number[] =>
    (children.get(of) ?? []).flatMap((child) => [child, ...collect(child)]);
  return collect(pid);
}

/** Whether a process runs; one that has ended but was not yet taken note of does not. */
export function isRunning(pid: number): boolean {
  const status = readStat(pid);
  return status !== null && status.state !== "Z" && status.state !== "X";
}

/** The pids of processes that were started with exactly these words. */
export function pidsOfCommand(...words: string[]): number[] {
  const wanted = words.map((word) => `${word}\0`).join("");
  return allPids().filter((pid) => readText(`/proc/${pid}/cmdline`) === wanted);
}

/** How many TCP sockets a process listens on. */
export function countTcpListeners(pid: number): number {
  const LISTEN = "0A";
  const inodes = ["tcp", "tcp6"].flatMap((table) =>
    readText(`/proc/${pid}/net/${table}`)
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTEN)
      .map((fields) => fields[9]),
  );
  const own = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return own.filter((target) => inodes.includes(/^socket:\[(\d+)\]$/.exec(target)?.[1])).length;
}

function allPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty when the process is gone. */
function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** proc(5): after the name in brackets come the state and the parent's pid. */
function readStat(pid: number): { readonly state: string; readonly parent: number } | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === "") return null;
  const [state = "", parent = ""] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent) };
}
