import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@/lib/db/embedded/free-port";

const run = promisify(execFile);

/** Commands the cluster is made of. */
export const CEPH_COMMANDS = ["ceph-mon", "ceph-osd", "ceph", "radosgw", "radosgw-admin"] as const;

/** What a test needs to know to use the cluster, also from another process. */
export interface ClusterAddress {
  /** Where it keeps its configuration, its keys and its logs. */
  readonly directory: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Cluster {
  readonly address: ClusterAddress;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const LOOK_AGAIN_MS = 100;

/**
 * A real S3 server: Ceph's radosgw on a monitor and one store in memory, all in a temporary folder and
 * on loopback, with one S3 user. Takes some 15 s. Its processes end with the one that called this.
 */
export async function startCluster(): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), "sortie-radosgw-"));
  const started: Daemon[] = [];
  const stop = async () => {
    for (const daemon of started.reverse()) await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const ceph = await configure(directory);
    started.push(await startMonitor(ceph));
    started.push(await startStore(ceph));
    const gateway = await startGateway({ directory });
    started.push(gateway.daemon);
    const user = { accessKeyId: "TESTACCESSKEY", secretAccessKey: "test-secret-key" };
    await ceph("radosgw-admin", "user", "create", "--uid=test", "--display-name=test", [
      `--access-key=${user.accessKeyId}`,
      `--secret-key=${user.secretAccessKey}`,
    ]);
    return { address: { directory, endpoint: gateway.endpoint, ...user }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One more S3 server on the same cluster, to be killed and started as a test likes. */
export interface Gateway {
  readonly endpoint: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function startGatewayOf(cluster: ClusterAddress): Promise<Gateway> {
  const port = await freePort();
  let { daemon, endpoint } = await startGateway({ directory: cluster.directory, port });
  return {
    endpoint,
    kill: () => daemon.stop("SIGKILL"),
    start: async () => {
      ({ daemon, endpoint } = await startGateway({ directory: cluster.directory, port }));
    },
  };
}

type Ceph = (program: string, ...words: (string | string[])[]) => Promise<void>;
type CephIn = Ceph & { readonly directory: string; readonly fsid: string };

async function configure(directory: string): Promise<CephIn> {
  const fsid = randomUUID();
  for (const folder of ["mon", "osd", "rgw", "run", "log"]) await mkdir(join(directory, folder));
  await writeFile(join(directory, "ceph.conf"), settings(directory, fsid, await freePort()));
  const ceph: Ceph = async (program, ...words) => {
    await run(program, ["-c", join(directory, "ceph.conf"), ...words.flat()], {
      timeout: READY_TIMEOUT_MS,
    });
  };
  return Object.assign(ceph, { directory, fsid });
}

function settings(directory: string, fsid: string, monitorPort: number): string {
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monitorPort}
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd objectstore = memstore
memstore device bytes = 4294967296
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
mon max pg per osd = 1000
mon allow pool size one = true
mon warn on pool no redundancy = false
mon osd full ratio = 0.99
run dir = ${directory}/run
admin socket = ${directory}/run/$name.$pid.asok
log file = ${directory}/log/$name.log
mon cluster log file = ${directory}/log/cluster.log
keyring = ${directory}/keyring
mon data = ${directory}/mon
osd data = ${directory}/osd
rgw data = ${directory}/rgw
`;
}

const ALL = ["--cap", "mon", "allow *", "--cap", "osd", "allow *"];

async function startMonitor(ceph: CephIn): Promise<Daemon> {
  const { directory, fsid } = ceph;
  const keyring = join(directory, "keyring");
  const map = join(directory, "monmap");
  const address =
    /v2:[\d.:]+/.exec(await readFile(join(directory, "ceph.conf"), "utf8"))?.[0] ?? "";
  await run("ceph-authtool", [
    "--create-keyring",
    keyring,
    "--gen-key",
    "-n",
    "mon.",
    ...ALL.slice(0, 3),
  ]);
  for (const name of ["client.admin", "osd.0", "client.rgw"]) {
    await run("ceph-authtool", [keyring, "--gen-key", "-n", name, ...ALL]);
  }
  await run("monmaptool", ["--create", "--fsid", fsid, "--addv", "a", `[${address}]`, map]);
  await ceph("ceph-mon", "--mkfs", "-i", "a", "--monmap", map, "--keyring", keyring);
  const monitor = await startDaemon(directory, "ceph-mon", ["-i", "a"]);
  await until("the monitor answers", () => ceph("ceph", "--connect-timeout", "5", "-s"), monitor);
  await ceph("ceph", "auth", "import", "-i", keyring);
  return monitor;
}

async function startStore(ceph: CephIn): Promise<Daemon> {
  const id = randomUUID();
  await ceph("ceph", "osd", "new", id);
  await ceph("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", id);
  const store = await startDaemon(ceph.directory, "ceph-osd", ["-i", "0"]);
  const isUp = async () => {
    const command = ["-c", join(ceph.directory, "ceph.conf"), "osd", "stat", "-f", "json"];
    const { stdout } = await run("ceph", command, { timeout: READY_TIMEOUT_MS });
    const { num_up_osds: up } = JSON.parse(stdout) as { num_up_osds: number };
    if (up !== 1) throw new Error("The store is not up.");
  };
  await until("the store is up", isUp, store);
  return store;
}

async function startGateway({ directory, port }: { directory: string; port?: number }) {
  const listening = port ?? (await freePort());
  const endpoint = `http://127.0.0.1:${listening}`;
  const frontend = `--rgw-frontends=beast endpoint=127.0.0.1:${listening}`;
  const daemon = await startDaemon(directory, "radosgw", ["-n", "client.rgw", frontend]);
  const answers = async () => {
    await (await fetch(endpoint)).arrayBuffer();
  };
  await until("radosgw answers", answers, daemon);
  return { daemon, endpoint };
}

interface Daemon {
  readonly hasEnded: () => boolean;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a process in the foreground that the kernel ends when this one is gone, however it went. */
async function startDaemon(directory: string, program: string, words: string[]): Promise<Daemon> {
  const output = await open(join(directory, "log", `${program}.out`), "a");
  const command = ["--pdeathsig", "KILL", program, "-c", join(directory, "ceph.conf"), "-f"];
  const child: ChildProcess = spawn("setpriv", [...command, ...words], {
    stdio: ["ignore", output.fd, output.fd],
  });
  await once(child, "spawn");
  await output.close();
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    hasEnded,
    // Nothing it has is to outlive the tests, so it need not take its time.
    stop: async (signal = "SIGKILL") => {
      if (hasEnded()) return;
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    },
  };
}

async function until(what: string, look: () => Promise<void>, daemon: Daemon): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      await look();
      return;
    } catch (error) {
      if (Date.now() > deadline || daemon.hasEnded()) {
        throw new Error(`Waited in vain until ${what}.`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}
