import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sessionCookie } from "@/lib/auth/session-token";
import { parseConfig } from "@/lib/config/config";
import { type Database, openDatabase } from "@/lib/db/database";
import { freePort } from "@/lib/db/embedded/free-port";
import { openQueue } from "@/lib/queue/connection";
import { type JobQueue, openJobQueue } from "@/lib/queue/job-queue";
import type { ClusterAddress } from "@/tests/support/radosgw-cluster";
import { testEnvironment } from "@/tests/support/services";
import { FaultProxy } from "./fault-proxy";
import { KillablePostgres } from "./killable-postgres";
import { KillableRedis } from "./killable-redis";
import type { Setting } from "./plan";
import { S3Server } from "./s3-server";
import { ServerProcess } from "./server-process";
import { SmallDisk } from "./small-disk";

/** The host that the harness's own sessions stand on: nobody finds it dead. */
const HOST = "faults";
const WEB_PROCESSES = 2;

/** The whole product on a machine of its own, so to speak, with everything that can fail in reach. */
export interface World {
  readonly setting: Setting;
  readonly webs: readonly ServerProcess[];
  readonly worker: ServerProcess;
  readonly postgres: KillablePostgres;
  readonly redis: KillableRedis | null;
  readonly disk: SmallDisk | null;
  readonly s3: S3Server | null;
  /** Between senders and the web processes. */
  readonly network: FaultProxy;
  /** A web process without the network in between. */
  readonly webUrl: string;
  readonly webPorts: readonly number[];
  readonly recordings: string;
  readonly db: Database;
  readonly queue: JobQueue;
  /** When each job that is scheduled is to be made next, by its name. */
  readonly nextJobs: () => Promise<ReadonlyMap<string, Date>>;
  /** Of a signed-in user, for every request. */
  readonly cookie: string;
  newSession(id?: string): Promise<string>;
  close(): Promise<void>;
}

/** Needs what `npm run build` makes; a cluster where recordings are kept on S3. */
export async function createWorld(
  setting: Setting,
  cluster: ClusterAddress | null = null,
): Promise<World> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    return { ...(await build(setting, cluster, (end) => closing.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type OnClose = (end: () => Promise<unknown>) => void;

async function build(
  setting: Setting,
  cluster: ClusterAddress | null,
  onClose: OnClose,
): Promise<Omit<World, "close">> {
  // A short name, for the sockets in it.
  const directory = await mkdtemp(join(tmpdir(), "sf-"));
  onClose(() => rm(directory, { recursive: true, force: true }));
  const recordings = join(directory, "recordings");
  const disk = setting.backend === "local" ? await SmallDisk.mount(recordings) : null;
  if (disk !== null) onClose(() => disk.unmount());
  const s3 = setting.backend === "s3" ? await startS3(cluster) : null;
  if (s3 !== null) onClose(() => s3.close());
  const postgres = await KillablePostgres.start();
  onClose(() => postgres.close());
  const redis = setting.jobs === "redis" ? await KillableRedis.start() : null;
  if (redis !== null) onClose(() => redis.kill());

  const environment = {
    ...testEnvironment(directory, postgres.url),
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
    ...s3?.environment,
    SORTIE_LOG_LEVEL: "warn",
    SORTIE_ADMIN_PASSWORD: "a password for the faults",
    // A folder of their own: servers on one machine remove what dead ones have left there.
    TMPDIR: directory,
  };
  const { webs, webPorts, worker } = await startProcesses(environment, onClose);
  const network = await FaultProxy.start(webPorts);
  onClose(() => network.close());
  const db = openDatabase(postgres.url, 4);
  onClose(() => db.$disconnect());
  const config = parseConfig(environment);
  const queue = openJobQueue(config, () => undefined);
  onClose(() => queue.close());
  const schedules = openQueue(config).on("error", () => undefined);
  onClose(() => schedules.close());
  const { id: userId } = await db.user.findFirstOrThrow({ select: { id: true } });
  const cookie = await sessionCookie({ userId, sessionVersion: 1 }, config);
  await db.$executeRaw`INSERT INTO "hosts" ("id", "seen_at") VALUES (${HOST}, now() + interval '1 year')`;
  return {
    ...{
      setting,
      webs,
      webPorts,
      worker,
      postgres,
      redis,
      disk,
      s3,
      network,
      recordings,
      db,
      queue,
    },
    webUrl: `http://127.0.0.1:${webPorts[0] ?? 0}`,
    cookie: cookie.split(";")[0] ?? "",
    nextJobs: async () => {
      const found = await schedules.getJobSchedulers();
      return new Map(found.map(({ name, next }) => [name, new Date(next ?? 0)]));
    },
    newSession: (id) => newSession(db, userId, id),
  };
}

async function startS3(cluster: ClusterAddress | null): Promise<S3Server> {
  if (cluster === null) throw new Error("A world with S3 needs a cluster.");
  return S3Server.start(cluster);
}

async function startProcesses(environment: Readonly<Record<string, string>>, onClose: OnClose) {
  const webPorts = await Promise.all(Array.from({ length: WEB_PROCESSES }, () => freePort()));
  const webs = webPorts.map(
    (port) => new ServerProcess("dist/server.js", { ...environment, PORT: String(port) }),
  );
  const worker = new ServerProcess("dist/worker.js", environment);
  const all = [...webs, worker];
  onClose(() => Promise.all(all.map((process) => process.stop())));
  await Promise.all(all.map((process) => process.start()));
  return { webs, webPorts, worker };
}

/** With an id that is taken, the session is made to run again. */
async function newSession(db: Database, userId: string, id?: string): Promise<string> {
  const running = { status: "running", startedAt: new Date(), endedAt: null } as const;
  const { id: appId } = await db.app.findFirstOrThrow({ select: { id: true } });
  const data = { appId, userId, provider: "local", hostId: HOST, ...running };
  if (id === undefined) return (await db.session.create({ data, select: { id: true } })).id;
  await db.session.upsert({ where: { id }, create: { id, ...data }, update: running });
  return id;
}
