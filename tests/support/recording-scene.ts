import { Readable } from "node:stream";
import type { Client } from "@/lib/audit/record-audit-event";
import type { Actor, Role } from "@/lib/auth/permissions";
import { sessionCookie } from "@/lib/auth/session-token";
import type { Services } from "@/lib/composition/services";
import { AppendRegistry } from "@/lib/recordings/append-registry";
import { type AppendResult, appendToRecording } from "@/lib/recordings/append-to-recording";
import { getRecording } from "@/lib/recordings/get-recording";
import { startRecording } from "@/lib/recordings/start-recording";
import { createRecordingStore } from "@/lib/storage/create-recording-store";
import { createTestServices } from "./services";

export const CLIENT: Client = { ip: "203.0.113.7", userAgent: "a test" };

/** Two users and an administrator with sessions to record, on services of this test's own. */
export interface RecordingScene {
  readonly services: Services;
  readonly directory: string;
  readonly ana: Actor;
  readonly bob: Actor;
  readonly admin: Actor;
  /** A running session; returns its id. */
  readonly newSession: (owner: Actor) => Promise<string>;
  /** A live recording of a new session; returns both ids. */
  readonly start: (owner: Actor) => Promise<{ recordingId: string; sessionId: string }>;
  readonly append: (
    recordingId: string,
    offset: number,
    body: Body,
    options?: AppendOptions,
  ) => Promise<AppendResult>;
  readonly close: () => Promise<void>;
}

type Body = Readable | Uint8Array;
interface AppendOptions {
  readonly actor?: Actor;
  readonly uploadLength?: number;
  /** The process that takes it; the scene's own by default. */
  readonly services?: Services;
}

export async function createRecordingScene(
  environment: Readonly<Record<string, string>> = {},
): Promise<RecordingScene> {
  const product = await createTestServices(environment);
  const { services, directory } = product;
  const { db } = services;
  await db.app.create({
    data: { id: "desktop", name: "Desktop", kind: "desktop", description: "A desktop." },
  });
  const [ana, bob, admin] = await Promise.all([
    createActor(services, "ana", "dev"),
    createActor(services, "bob", "dev"),
    createActor(services, "root", "admin"),
  ]);
  const newSession = async (owner: Actor) => {
    const data = { appId: "desktop", userId: owner.userId, provider: "local" };
    const running = { status: "running", startedAt: new Date() } as const;
    return (await db.session.create({ data: { ...data, ...running }, select: { id: true } })).id;
  };
  return {
    services,
    directory,
    ana,
    bob,
    admin,
    newSession,
    start: async (owner) => {
      const sessionId = await newSession(owner);
      const input = { sessionId, description: "" };
      return { sessionId, ...(await startRecording(services, owner, CLIENT, input)) };
    },
    append: (recordingId, offset, body, options = {}) =>
      appendToRecording(options.services ?? services, options.actor ?? ana, CLIENT, {
        recordingId,
        offset,
        uploadLength: options.uploadLength ?? null,
        body: body instanceof Readable ? body : Readable.from([body]),
      }),
    close: () => product.close(),
  };
}

async function createActor({ db }: Services, username: string, role: Role): Promise<Actor> {
  const data = { username, displayName: username, passwordHash: "-", role };
  const { id } = await db.user.create({ data, select: { id: true } });
  return { userId: id, username, displayName: username, role, clusters: [], token: null };
}

/** A body that shows `sent` and then stays open, as on a link that hangs; `taken` resolves once that was read. */
export function hangingBody(sent: Uint8Array): { body: Readable; taken: Promise<void> } {
  let take: () => void = () => undefined;
  const taken = new Promise<void>((resolve) => (take = resolve));
  let isSent = false;
  const body = new Readable({
    // Asked for more only when nothing is left.
    highWaterMark: 1,
    read() {
      if (isSent) take();
      else this.push(sent);
      isSent = true;
    },
  });
  return { body, taken };
}

/** The same database and disk as another process sees them. */
export function otherProcess(services: Services): Services {
  const { recording } = services.config;
  return { ...services, appends: new AppendRegistry(), store: createRecordingStore(recording) };
}

/** Lets the claim of a process that died run out, and `idleMs` pass since anything arrived. */
export async function letTimePass(
  { db }: Services,
  recordingId: string,
  idleMs = 0,
): Promise<void> {
  await db.$executeRaw`
    UPDATE "recordings"
       SET "append_expires_at" = "append_expires_at" - interval '1 hour',
           "last_append_at" = "last_append_at" - ${idleMs}::float8 * interval '1 millisecond'
     WHERE "id" = ${recordingId}::uuid`;
}

/** A finished recording's bytes as the store has them. */
export async function storedBytes(services: Services, actor: Actor, id: string): Promise<Buffer> {
  const { storageKey } = await getRecording(services, actor, id);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await services.store.read(storageKey)) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** What the audit trail holds of a recording, in order, as `who what from-where`. */
export async function auditedActions({ db }: Services, recordingId: string): Promise<string[]> {
  const where = { targetType: "recording", targetId: recordingId };
  const events = await db.auditEvent.findMany({ where, orderBy: { id: "asc" } });
  return events.map(({ action, actorName, ip }) => `${actorName} ${action} ${ip ?? "-"}`);
}

/** Headers of a browser in which `actor` is signed in. */
export async function signedIn(
  { config }: Services,
  actor: Actor,
): Promise<Record<string, string>> {
  const token = { userId: actor.userId, sessionVersion: 1 };
  const cookie = (await sessionCookie(token, config)).split(";")[0] ?? "";
  return { cookie, host: "desk.local", origin: "http://desk.local" };
}
