import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** An account of the operating system. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const ACCOUNT_NAME = "sortie-db";

/**
 * Who PostgreSQL runs as: it refuses root. Undefined: the user we are. As root, an account of its own,
 * so that nothing else that was dropped to `nobody` can signal it or read its files.
 */
export async function databaseAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await findAccount(ACCOUNT_NAME);
  if (existing !== undefined) return existing;
  // Somebody else may be making the same account at this moment: what counts is that it exists afterwards.
  await run("useradd", [
    "--system",
    "--no-create-home",
    "--user-group",
    "--shell",
    "/usr/sbin/nologin",
    ACCOUNT_NAME,
  ]).catch(() => undefined);
  return (await findAccount(ACCOUNT_NAME)) ?? (await findAccount("nobody"));
}

async function findAccount(name: string): Promise<Account | undefined> {
  for (const line of (await readFile("/etc/passwd", "utf8")).split("\n")) {
    const [user, , uid, gid] = line.split(":");
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
