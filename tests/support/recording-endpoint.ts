import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ROOM_HEADER, type RoomLevel } from "@/lib/recordings/room-level";

/** One recording as the endpoint holds it, for tests to look at. */
export interface ReceivedRecording {
  readonly id: string;
  readonly bytes: Buffer[];
  offset: number;
  /** What the client announced with its last PATCH or with stop. */
  length: number | null;
  status: "recording" | "uploading" | "ready";
  truncated: boolean;
  poster: Buffer | null;
  stops: number;
}

/** What happens to a request instead of its normal course. */
export type Fault =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly code?: string;
    }
  /** Keeps the first `keptBytes` of the body, then cuts the connection. */
  | { readonly kind: "cut"; readonly keptBytes: number }
  /** Takes the whole body and never answers. */
  | { readonly kind: "hang" };

/**
 * The recording API as a client sees it, on plain `node:http` and in memory: enough of it for the recorder, with
 * faults on request. It is strict where the recorder must be right: a wrong offset is 409.
 */
export class RecordingEndpoint {
  readonly recordings = new Map<string, ReceivedRecording>();
  readonly requests: { readonly method: string; readonly path: string; readonly bytes: number }[] =
    [];
  /** Taken first in, first out by the next HEADs and PATCHes on an upload URL. */
  readonly uploadFaults: Fault[] = [];
  /** True: posters are answered 503. */
  refusesPosters = false;
  /** False: every connection is cut without an answer. */
  isUp = true;
  /** True: every request is answered 401. */
  isSignedOut = false;
  limitBytes = Infinity;
  /** What every acknowledgement says of the room that is left. */
  room: RoomLevel = "enough";

  get only(): ReceivedRecording {
    const [recording] = this.recordings.values();
    if (recording === undefined || this.recordings.size > 1) throw new Error("not one recording");
    return recording;
  }

  create(): ReceivedRecording {
    const recording: ReceivedRecording = {
      id: randomUUID(),
      bytes: [],
      offset: 0,
      length: null,
      status: "recording",
      truncated: false,
      poster: null,
      stops: 0,
    };
    this.recordings.set(recording.id, recording);
    return recording;
  }

  /** Answers a request under `/api/`. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = request;
    if (!this.isUp) {
      request.socket.destroy();
      return;
    }
    const seen = { method, path, bytes: Number(request.headers["content-length"] ?? 0) };
    this.requests.push(seen);
    const upload = /^\/api\/recordings\/([\w-]+)\/upload$/.exec(path);
    const fault = upload ? this.uploadFaults.shift() : undefined;
    if (fault?.kind === "cut") {
      this.cut(request, this.find(upload?.[1]), fault.keptBytes);
      return;
    }
    const body = await readAll(request);
    if (fault?.kind === "hang") return;
    if (fault !== undefined) answer(response, fault.status, fault.headers, fault.code);
    else if (this.isSignedOut) answer(response, 401, {}, "unauthenticated");
    else if (upload) this.upload(request, response, this.find(upload[1]), body);
    else this.api(method, path, body, response);
  }

  private api(method: string, path: string, body: Buffer, response: ServerResponse): void {
    if (method === "POST" && path.endsWith("/recording/start")) {
      const { id } = this.create();
      json(response, 201, {
        recording_id: id,
        status: "recording",
        upload_url: `/api/recordings/${id}/upload`,
      });
    } else if (method === "POST" && path.endsWith("/recording/stop")) {
      this.stop(JSON.parse(body.toString()) as StopBody, response);
    } else {
      const [, id, poster] = /^\/api\/recordings\/([\w-]+)(\/poster)?$/.exec(path) ?? [];
      const recording = this.find(id);
      if (recording === undefined) answer(response, 404, {}, "not_found");
      else if (poster && this.refusesPosters) answer(response, 503, {}, "unavailable");
      else if (method === "PUT" && poster) {
        recording.poster = body;
        answer(response, 204);
      } else json(response, 200, describe(recording));
    }
  }

  private stop(body: StopBody, response: ServerResponse): void {
    const recording = this.find(body.recording_id);
    if (recording === undefined) {
      answer(response, 404, {}, "not_found");
      return;
    }
    recording.stops += 1;
    if (recording.status === "recording") recording.status = "uploading";
    recording.length ??= body.upload_length ?? null;
    this.sealWhenComplete(recording);
    json(response, 200, { status: recording.status });
  }

  private upload(
    request: IncomingMessage,
    response: ServerResponse,
    recording: ReceivedRecording | undefined,
    body: Buffer,
  ): void {
    if (recording === undefined) {
      answer(response, 404, {}, "not_found");
      return;
    }
    if (request.method === "HEAD") {
      answer(response, 200, offsetHeaders(recording));
      return;
    }
    if (recording.status === "ready") {
      answer(response, 409, {}, "recording_closed");
      return;
    }
    if (Number(request.headers["upload-offset"]) !== recording.offset) {
      answer(response, 409, offsetHeaders(recording), "offset_mismatch");
      return;
    }
    if (recording.offset + body.byteLength > this.limitBytes) {
      Object.assign(recording, { status: "ready", truncated: true });
      answer(response, 413, offsetHeaders(recording), "too_large");
      return;
    }
    recording.bytes.push(body);
    recording.offset += body.byteLength;
    const length = request.headers["upload-length"];
    if (typeof length === "string") recording.length = Number(length);
    this.sealWhenComplete(recording);
    const room = this.room === "enough" ? {} : { [ROOM_HEADER]: this.room };
    answer(response, 204, { ...offsetHeaders(recording), ...room });
  }

  private cut(
    request: IncomingMessage,
    recording: ReceivedRecording | undefined,
    keptBytes: number,
  ): void {
    request.once("data", (chunk: Buffer) => {
      const kept = chunk.subarray(0, keptBytes);
      if (recording !== undefined) {
        recording.bytes.push(kept);
        recording.offset += kept.byteLength;
      }
      request.socket.destroy();
    });
  }

  private sealWhenComplete(recording: ReceivedRecording): void {
    if (recording.length === recording.offset && recording.offset > 0) recording.status = "ready";
  }

  private find(id: string | undefined): ReceivedRecording | undefined {
    return id === undefined ? undefined : this.recordings.get(id);
  }
}

interface StopBody {
  readonly recording_id: string;
  readonly upload_length?: number;
}

function describe({ id, status, offset, truncated }: ReceivedRecording) {
  return {
    id,
    user_id: "0b7c2d1e-5a4f-4e1b-8c3d-2f6a9e8d7c15",
    session_id: "5f0d6f2e-7f3c-4c39-9a53-0a1d3a1c7f11",
    app_name: "Desktop",
    status,
    truncated,
    upload_offset: offset,
    duration_seconds: status === "ready" ? 1 : null,
    fail_message: null,
  };
}

function offsetHeaders({ offset, length }: ReceivedRecording): Record<string, string> {
  const total = length === null ? { "Upload-Defer-Length": "1" } : { "Upload-Length": `${length}` };
  return { "Tus-Resumable": "1.0.0", "Upload-Offset": `${offset}`, ...total };
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  code?: string,
): void {
  response.writeHead(status, headers);
  response.end(
    code === undefined ? undefined : JSON.stringify({ error: { code, message: `${code}.` } }),
  );
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
