import type { RoomLevel } from "@/lib/recordings/room-level";
import { CannotRecordError } from "./cannot-record-error";
import { Capture } from "./capture";
import type { Clock } from "./clock";
import { CompositeCanvas } from "./composite-canvas";
import { CLOSED_WITHOUT_US } from "./confirm-saved";
import type { KeptIn, Link, RecorderEvent } from "./recorder-state";
import type { Scene } from "./recorded-source";
import { postStart, postStop, putPoster, type RecordingOrigin } from "./recording-api";
import { untilItPasses } from "./retry";
import { SafeTimeline } from "./safe-timeline";
import { saveRest } from "./save-rest";
import { Signal } from "./signal";
import type { SpoolClient } from "./spool-client";
import type { Appended } from "./spool-protocol";
import { Uploader, type UploadOutcome } from "./uploader";

const ELAPSED_EVERY_MS = 500;

/** The first seconds of a desktop often show nothing yet. */
const POSTER_AFTER_MS = 3_000;

const LIMIT_REACHED = "The recording reached the size limit and was stopped there.";
const NO_ROOM =
  "The server has no room left for recordings, so this one was stopped. What was recorded is kept.";
const NOTHING_CAPTURED =
  "Nothing was recorded: the browser delivered no picture. Reload the page and record again.";

export interface RunOptions {
  readonly sessionId: string;
  readonly origin: RecordingOrigin;
  readonly userId: string;
  readonly appName: string;
  readonly limitBytes: number;
  readonly mimeType: string;
  /** Where the frames come from. The run closes it. */
  readonly scene: Scene;
  /** Sound to go with them, stopped by the run; null for none. */
  readonly sound: MediaStreamTrack | null;
  readonly clock: Clock;
  /** A spool of its own, not yet open. The run closes it. */
  readonly spool: SpoolClient;
  readonly emit: (event: RecorderEvent) => void;
}

interface Started {
  readonly recordingId: string;
  readonly uploadUrl: string;
  readonly keptIn: KeptIn;
  readonly composite: CompositeCanvas;
}

/** One recording from its first frame to its last byte. */
export class RecordingRun {
  /** Resolves when the recording is ready or has failed. Never rejects. */
  readonly finished: Promise<void>;
  private readonly capture: Capture;
  private readonly uploader: Uploader;
  private readonly timeline = new SafeTimeline();
  private readonly wakeUp = new Signal();
  private readonly cancelTimers: readonly (() => void)[];
  private kept: Promise<void> = Promise.resolve();
  private spooledBytes = 0;
  private encodedMs = 0;
  private hasPoster = false;
  private isOver = false;
  private stopping: Promise<void> | null = null;
  private finish: () => void = () => undefined;

  /**
   * Makes the recording on the server, opens the spool and starts to capture.
   * @throws ApiError or CannotRecordError
   */
  static async begin(options: RunOptions): Promise<RecordingRun> {
    const { sessionId, userId, appName, mimeType, spool } = options;
    let recordingId: string | null = null;
    try {
      const composite = new CompositeCanvas(options.scene);
      const { uploadUrl, ...made } = await postStart(sessionId, options.origin);
      recordingId = made.recordingId;
      const createdAt = new Date().toISOString();
      const label = { recordingId, userId, sessionId, appName, uploadUrl, mimeType, createdAt };
      const { keptIn } = await spool.open(label);
      return new RecordingRun(options, { recordingId, uploadUrl, keptIn, composite });
    } catch (error) {
      options.scene.close();
      options.sound?.stop();
      await spool.remove();
      if (recordingId !== null) tellNothingCame(sessionId, recordingId);
      throw error;
    }
  }

  private constructor(
    private readonly options: RunOptions,
    private readonly started: Started,
  ) {
    const { clock, limitBytes, spool, mimeType, scene, sound, emit } = options;
    const { isWholeTab } = scene;
    const { recordingId, uploadUrl, keptIn, composite } = started;
    this.capture = new Capture({
      composite,
      mimeType,
      sound,
      clock,
      onChunk: (chunk) => this.keep(chunk),
      onDeath: (reason) => void this.stop(reason),
    });
    const hasSound = sound !== null;
    emit({ type: "started", recordingId, limitBytes, keptIn, isWholeTab, hasSound });
    void scene.ended.then((reason) => this.stop(reason));
    this.finished = new Promise((resolve) => (this.finish = resolve));
    this.uploader = new Uploader({
      uploadUrl,
      limitBytes,
      offset: 0,
      clock,
      read: (offset, length) => spool.read(offset, length),
      onAcknowledged: (bytes) => this.acknowledge(bytes),
      onLink: (link) => this.say(link),
      onRoom: (room) => this.heedRoom(room),
    });
    void this.uploader.outcome.then((outcome) => this.stop(noticeFor(outcome)));
    this.cancelTimers = [
      clock.every(ELAPSED_EVERY_MS, () =>
        emit({ type: "tick", elapsedMs: this.capture.elapsedMs }),
      ),
      clock.after(POSTER_AFTER_MS, () => void this.sendPoster()),
    ];
  }

  /**
   * Stops capturing; `notice` says why when nobody asked for it. Resolves when every pixel is kept; sending
   * goes on by itself until `finished`.
   */
  stop(notice: string | null): Promise<void> {
    this.stopping ??= this.endCapture(notice);
    return this.stopping;
  }

  /** The network or the user is back: tries again now. */
  wake(): void {
    this.uploader.wake();
    this.wakeUp.ring();
  }

  private async endCapture(notice: string | null): Promise<void> {
    for (const cancel of this.cancelTimers) cancel();
    this.options.emit({ type: "stop", notice });
    void this.sendPoster();
    await this.capture.stop(() => this.encodedMs);
    this.options.scene.close();
    await this.kept;
    this.options.emit({ type: "captured" });
    void this.save(notice);
  }

  private keep(chunk: Blob): void {
    const appended = this.options.spool.append(chunk).then(
      (appended) => this.absorbKept(appended),
      (error: unknown) => void this.stop(sentenceOf(error)),
    );
    this.kept = this.kept.then(() => appended);
  }

  private absorbKept({ spooledBytes, encodedMs }: Appended): void {
    this.spooledBytes = spooledBytes;
    this.encodedMs = encodedMs;
    this.timeline.mark(spooledBytes, encodedMs);
    this.uploader.grow(spooledBytes);
    this.options.emit({ type: "spooled", spooledBytes });
    if (spooledBytes > this.options.limitBytes) void this.stop(LIMIT_REACHED);
  }

  private acknowledge(safeBytes: number): void {
    const { spool, emit } = this.options;
    emit({ type: "acknowledged", safeBytes, safeMs: this.timeline.safeAt(safeBytes) });
    void spool.release(safeBytes).catch(() => undefined);
  }

  /** Records less while the server is short of room, and ends before it has none: what is recorded is to be kept. */
  private heedRoom(room: RoomLevel): void {
    if (room === "out") void this.stop(NO_ROOM);
    else this.capture.spare(room === "low");
    this.options.emit({ type: "room", isShort: room !== "enough" });
  }

  private async sendPoster(): Promise<void> {
    if (this.hasPoster) return;
    this.hasPoster = true;
    const { composite, recordingId } = this.started;
    const picture = await composite.poster();
    if (picture === null) return;
    const put = async () => {
      if (!this.isOver) await putPoster(recordingId, picture);
    };
    // A nicety: nobody hears that it is late, or that the server does not want it.
    const quietly = { clock: this.options.clock, wake: this.wakeUp, onLink: () => undefined };
    await untilItPasses(put, quietly).catch(() => undefined);
  }

  /** Everything is kept and its length is known: sends the rest and waits for the server to be done. */
  private async save(notice: string | null): Promise<void> {
    const { clock, spool, emit, sessionId, limitBytes } = this.options;
    const { recordingId } = this.started;
    const { spooledBytes, uploader } = this;
    try {
      if (spooledBytes === 0) throw new CannotRecordError(notice ?? NOTHING_CAPTURED);
      const saved = await saveRest({
        ...{ recordingId, sessionId, uploader, clock, limitBytes },
        totalBytes: spooledBytes,
        retry: (task) => this.retry(task),
      });
      await spool.remove();
      emit({ type: "ready", ...saved });
    } catch (error) {
      await this.fail(sentenceOf(error));
    }
    this.isOver = true;
    this.finish();
  }

  private async fail(reason: string): Promise<void> {
    const { spool, emit } = this.options;
    const { recordingId, keptIn } = this.started;
    if (this.spooledBytes === 0) tellNothingCame(this.options.sessionId, recordingId);
    const keptBytes = keptIn === "disk" ? this.spooledBytes : 0;
    if (keptBytes > 0) await spool.close();
    else await spool.remove();
    emit({ type: "fail", recordingId, reason, keptBytes });
  }

  private retry<T>(task: () => Promise<T>): Promise<T> {
    const { clock } = this.options;
    return untilItPasses(task, { clock, wake: this.wakeUp, onLink: (link) => this.say(link) });
  }

  /** The recorder may be at the next recording already when something of this one still retries. */
  private say(link: Link): void {
    if (this.isOver) return;
    this.options.emit({ type: "link", link });
    // What else waits need not wait any longer.
    if (link.state === "online") this.wakeUp.ring();
  }
}

/** Tried once and not waited for: a server that is out of reach finds out by itself, only later. */
function tellNothingCame(sessionId: string, recordingId: string): void {
  void postStop(sessionId, recordingId, 0).catch(() => undefined);
}

/** Why sending that ended by itself ends the recording too. */
function noticeFor(outcome: UploadOutcome): string | null {
  switch (outcome.kind) {
    case "complete":
      return null;
    case "limit":
      return LIMIT_REACHED;
    case "closed":
      return CLOSED_WITHOUT_US;
    case "refused":
      return outcome.reason;
  }
}

/** What to tell the user about anything that was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error && error.message.endsWith(".")) return error.message;
  const detail = error instanceof Error ? error.message : String(error);
  return `Recording failed in this browser (${detail}). Reload the page and record again.`;
}
