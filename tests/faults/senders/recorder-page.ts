import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { stopRecordingSchema } from "@/lib/recordings/recording-schema";
import { type RecorderSite, serveRecorder } from "@/tests/support/recorder-site";
import { isPolite, Ledger } from "./ledger";
import { Tape } from "./tape";

const STOP_PATH = /^\/api\/sessions\/[0-9a-f-]+\/recording\/stop$/;
const UPLOAD_PATH = /^\/api\/recordings\/([0-9a-f-]+)\/upload$/;

/**
 * Serves a page with the product's recorder in it and passes everything else on to a web process, listening in:
 * what is sent and what is answered is noted on the way.
 */
export class RecorderPage {
  private readonly tape = new Tape();
  private turn = 0;
  private found: Ledger | null = null;
  private announced: number | null = null;

  private site!: RecorderSite;

  private constructor(private readonly webPorts: readonly number[]) {}

  static async start(webPorts: readonly number[]): Promise<RecorderPage> {
    const page = new RecorderPage(webPorts);
    page.site = await serveRecorder({ api: (...exchange) => page.passOn(...exchange) });
    return page;
  }

  get port(): number {
    return this.site.port;
  }

  /** Null before the first byte of a recording. */
  get ledger(): Ledger | null {
    return this.found;
  }

  close(): Promise<void> {
    return this.site.close();
  }

  private passOn(request: IncomingMessage, response: ServerResponse): void {
    const port = this.webPorts[this.turn++ % this.webPorts.length];
    const { method, url, headers } = request;
    const onward = httpRequest({
      host: "127.0.0.1",
      port,
      method,
      path: url,
      headers,
      agent: false,
    });
    onward.on("error", () => response.destroy());
    onward.on("response", (answer) => {
      this.noteAnswer(request, answer);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    response.on("close", () => onward.destroy());
    this.notePatch(request);
    this.noteStop(request);
    request.pipe(onward);
  }

  private notePatch(request: IncomingMessage): void {
    const [, recordingId] = UPLOAD_PATH.exec(request.url ?? "") ?? [];
    if (recordingId === undefined || request.method !== "PATCH") return;
    const ledger = (this.found ??= new Ledger(
      recordingId,
      () => this.tape.recorded,
      () => this.announced,
    ));
    let offset = Number(request.headers["upload-offset"]);
    const length = request.headers["upload-length"];
    if (length !== undefined) this.announced = Number(length);
    request.on("data", (piece: Buffer) => {
      if (!this.tape.write(offset, piece)) {
        ledger.offences.push(`its sender sent something else at ${offset} than before`);
      }
      offset += piece.length;
    });
  }

  /** The length is announced with the last bytes, or with the stop where these were sent before. */
  private noteStop(request: IncomingMessage): void {
    if (request.method !== "POST" || !STOP_PATH.test(request.url ?? "")) return;
    let text = "";
    request.on("data", (piece: Buffer) => (text += piece.toString()));
    request.on("end", () => {
      const { upload_length: length } = stopRecordingSchema.parse(JSON.parse(text));
      if (length !== undefined) this.announced = length;
    });
  }

  private noteAnswer(request: IncomingMessage, answer: IncomingMessage): void {
    const { statusCode: status = 0, headers } = answer;
    const { ledger } = this;
    if (ledger === null) return;
    const method = request.method ?? "";
    if (!isPolite(status)) ledger.noteRudeAnswer(`${method} ${request.url ?? ""}`, status, "");
    const offset = headers["upload-offset"];
    if (offset !== undefined && (status === 200 || status === 204)) {
      ledger.acknowledge(Number(offset));
    }
  }
}
