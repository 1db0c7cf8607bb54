import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { type Agent, type ClientRequest, request } from "node:http";
import { join } from "node:path";
import { startedRecordingSchema } from "@/lib/recordings/recording-schema";
import type { BuiltProduct } from "./built-product";

/** Somewhere to send a recording to. */
export interface Receiver {
  /** Where a new upload goes. */
  readonly begin: () => Promise<string>;
  /** Forgets the upload, so that the disk stays free. */
  readonly end: (url: string) => Promise<void>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What may stand beside the product: see `receive-peer.ts`. */
export type PeerKind = "bare" | "form" | "tus";

export interface Peer {
  readonly origin: string;
  readonly pid: number;
  readonly stop: () => void;
}

export async function startPeer(kind: PeerKind, directory: string): Promise<Peer> {
  const script = join(import.meta.dirname, "receive-peer.ts");
  const peer: ChildProcess = spawn(process.execPath, ["--import", "tsx", script, kind, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (peer.stdout === null) throw new Error("The peer has no output.");
  const [port] = (await once(peer.stdout, "data")) as [Buffer];
  return {
    origin: `http://127.0.0.1:${port.toString().trim()}`,
    pid: peer.pid ?? 0,
    stop: () => void peer.kill(),
  };
}

export function productReceiver({ origin, headers, newSession }: BuiltProduct): Receiver {
  return {
    headers,
    begin: async () => {
      const url = `${origin}/api/sessions/${await newSession()}/recording/start`;
      const response = await fetch(url, { method: "POST", headers });
      return origin + startedRecordingSchema.parse(await response.json()).upload_url;
    },
    end: async (url) => {
      await fetch(url, { method: "DELETE", headers: { ...headers, "tus-resumable": "1.0.0" } });
    },
  };
}

export function bareReceiver({ origin }: Peer, directory: string): Receiver {
  const end = () => rm(join(directory, "bare.webm"), { force: true });
  return { headers: {}, begin: () => Promise.resolve(origin), end };
}

/** `totalBytes` is what each upload will hold at most: this peer wants to know. */
export function tusReceiver({ origin }: Peer, totalBytes: number): Receiver {
  const version = { "tus-resumable": "1.0.0" };
  return {
    headers: {},
    begin: async () => {
      const headers = { ...version, "upload-length": String(totalBytes) };
      const response = await fetch(`${origin}/files`, { method: "POST", headers });
      return new URL(response.headers.get("location") ?? "", origin).href;
    },
    end: async (url) => {
      await fetch(url, { method: "DELETE", headers: version });
    },
  };
}

/** The first `totalBytes` of a stream, `pieceBytes` at a time. */
export function* pieces(
  stream: Iterable<Uint8Array>,
  pieceBytes: number,
  totalBytes = Infinity,
): Generator<Buffer, undefined> {
  let piece = Buffer.allocUnsafe(pieceBytes);
  let filled = 0;
  let yielded = 0;
  for (const part of stream) {
    for (let at = 0; at < part.length;) {
      const taken = part.subarray(at, at + pieceBytes - filled);
      piece.set(taken, filled);
      at += taken.length;
      filled += taken.length;
      if (filled < pieceBytes) continue;
      yield piece;
      yielded += pieceBytes;
      if (yielded >= totalBytes) return undefined;
      piece = Buffer.allocUnsafe(pieceBytes);
      filled = 0;
    }
  }
  return undefined;
}

/** Sends one PATCH of tus 1.0.0; resolves when it is acknowledged. */
export async function patch(
  agent: Agent,
  url: string,
  offset: number,
  piece: Buffer,
  headers: Receiver["headers"],
): Promise<void> {
  const tusHeaders = {
    ...headers,
    "tus-resumable": "1.0.0",
    "content-type": "application/offset+octet-stream",
    "upload-offset": offset,
    "content-length": piece.length,
  };
  const sending = request(url, { method: "PATCH", agent, headers: tusHeaders });
  sending.end(piece);
  await answered(sending, 204);
}

/** @throws Error when the answer has another status */
export async function answered(sending: ClientRequest, status: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    sending.on("error", reject);
    sending.on("response", (response) => {
      response.resume();
      response.on("end", () => {
        if (response.statusCode === status) resolve();
        else reject(new Error(`${sending.path} answered ${response.statusCode ?? 0}`));
      });
    });
  });
}

/** Makes the kernel forget the peak so far; returns what is resident now (proc(5), `clear_refs`). */
export async function resetPeakRss(pid: number): Promise<number> {
  await writeFile(`/proc/${pid}/clear_refs`, "5");
  return peakRss(pid);
}

/** The most that was resident at a time, in bytes. */
export async function peakRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
