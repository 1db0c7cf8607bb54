import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isRunning } from "@/tests/support/processes";
import { type Product, startProduct } from "@/tests/support/product";
import { requireCommand } from "@/tests/support/requirements";
import { testEnvironment } from "@/tests/support/services";

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product.close();
});

test("a probe learns that the product is alive and ready, each check in words", async () => {
  expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${product.url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({
    status: "ready",
    checks: {
      database: { ok: true, message: "The database answers." },
      migrations: { ok: true, message: "All migrations are applied." },
      storage: { ok: true, message: "Recordings can be written." },
    },
  });
});

test("an administrator signs in and sees the built-in apps", async () => {
  const cookie = await product.signIn(product.administrator);
  const apps = await fetch(`${product.url}/api/apps`, { headers: { cookie } });
  expect(apps.status).toBe(200);
  expect(await apps.json()).toContainEqual(expect.objectContaining({ id: "desktop" }));
});

test.each(["/api", "/api/no/such/route", "/api/recordings/1/no-such-thing"])(
  "%s, which is no address of the API, is refused as the API refuses",
  async (path) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const answer = await fetch(`${product.url}${path}`, { method });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: "not_found" } });
    }
  },
);

test("a page comes with scripts that its own policy lets run, and no other page's", async () => {
  const [one, other] = await Promise.all([page(), page()]);
  expect(one.nonce).toBeTruthy();
  expect(one.nonce).not.toBe(other.nonce);
  expect(one.scripts.length).toBeGreaterThan(0);
  expect(one.scripts.filter((script) => !script.includes(`nonce="${one.nonce}"`))).toEqual([]);
  expect(one.policy).toContain("frame-ancestors 'none'");
  expect(one.headers.get("x-content-type-options")).toBe("nosniff");
  expect(one.headers.has("x-powered-by")).toBe(false);
  expect(one.headers.has("strict-transport-security")).toBe(false);
});

async function page() {
  const answer = await fetch(`${product.url}/sign-in`, {
    // A caller that names a nonce of its own must not get it back.
    headers: { "content-security-policy": "script-src 'nonce-chosen'" },
  });
  const policy = answer.headers.get("content-security-policy") ?? "";
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
  const scripts = (await answer.text()).match(/<script\b[^>]*>/g) ?? [];
  return { policy, nonce, scripts, headers: answer.headers };
}

test("an answer names its request, and never by a name that the caller chose", async () => {
  const answer = await fetch(`${product.url}/api/recordings`, {
    headers: { "x-request-id": "mine" },
  });
  const { error } = (await answer.json()) as { error: { request_id: string } };
  expect(error.request_id).toBe(answer.headers.get("x-request-id"));
  expect(error.request_id).not.toBe("mine");
});

test("after a restart everybody is still signed in, and the address is the same", async () => {
  const cookie = await product.signIn(product.administrator);
  const before = product.pids();
  await product.restart();
  expect(Object.values(before).some(isRunning)).toBe(false);
  const sessions = await fetch(`${product.url}/api/sessions`, { headers: { cookie } });
  expect(sessions.status).toBe(200);
});

test("after a power cut it starts again, and nothing was in the way", async () => {
  await product.kill();
  await product.start();
  expect((await fetch(`${product.url}/readyz`)).status).toBe(200);
});

test("the worker has done its first round of jobs without an error", async () => {
  const done = () => product.log.filter(({ msg }) => msg === "job done").map(({ job }) => job);
  await expect.poll(done, { timeout: 30_000 }).toContain("reap-abandoned");
  expect(product.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test("storage that cannot be written makes it not ready, in words that name no path", async () => {
  const blind = await startProduct({ SORTIE_RECORDING_STORAGE_PATH: "/proc/no-place-for-files" });
  try {
    const answer = await fetch(`${blind.url}/readyz`);
    expect(answer.status).toBe(503);
    const body = (await answer.json()) as { checks: { storage: { ok: boolean; message: string } } };
    expect(body.checks.storage.ok).toBe(false);
    expect(body.checks.storage.message).not.toContain("/proc");
  } finally {
    await blind.close();
  }
});

test.skipIf(requireCommand("bwrap") === null)(
  "where the desktop's programs are missing it serves, and the catalogue says what to install",
  async () => {
    const bare = await startProduct({}, { without: ["Xtigervnc", "openbox", "xterm"] });
    try {
      const sentence =
        "Desktops need programs that are not installed on the server: tigervnc-standalone-server, openbox, xterm. Run “apt-get update && apt-get install -y tigervnc-standalone-server openbox xterm” there as root, then reload this page.";
      const headers = { cookie: await bare.signIn(bare.administrator) };
      const apps = await fetch(`${bare.url}/api/apps`, { headers });
      expect(await apps.json()).toContainEqual(
        expect.objectContaining({
          id: "desktop",
          available: false,
          unavailable_reason: sentence,
        }),
      );
      const page = await (await fetch(`${bare.url}/apps`, { headers })).text();
      expect(page).toContain("apt-get update &amp;&amp; apt-get install -y tigervnc");
      const launched = await fetch(`${bare.url}/api/sessions`, {
        method: "POST",
        headers: { ...headers, origin: bare.url },
        body: JSON.stringify({ app_id: "desktop", width: 640, height: 480 }),
      });
      expect(launched.status).toBe(503);
      expect(await launched.json()).toMatchObject({
        error: { code: "app_unavailable", message: sentence },
      });
      expect((await fetch(`${bare.url}/readyz`)).status).toBe(200);
    } finally {
      await bare.close();
    }
  },
);

test("a wrong value stops the start with one line", async () => {
  const start = startProduct({ SORTIE_RECORDING_MAX_SIZE_MB: "lots" });
  await expect(start).rejects.toThrow(
    'ended before it served:\n{"msg":"SORTIE_RECORDING_MAX_SIZE_MB is \\"lots\\"; allowed: a whole number of MiB from 1 to 10000000."}',
  );
});

test("a port that is taken is named, with what to do", async () => {
  const { port } = new URL(product.url);
  await expect(startProduct({ PORT: port })).rejects.toThrow(
    `Port ${port} is taken. Stop what listens there, or set PORT to another.`,
  );
});

test("a process whose parent was killed ends by itself, even if it had hardly begun", async () => {
  const quiet = testEnvironment(product.directory, product.databaseUrl);
  const settings = { ...quiet, SORTIE_LOG_LEVEL: "info" };
  const child = `spawn(process.execPath, ["dist/worker.js"], { stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true })`;
  const script = `const { spawn } = require("node:child_process");
    process.stdout.write(String(${child}.pid), () => process.kill(process.pid, "SIGKILL"));`;
  const parent = spawn(process.execPath, ["-e", script], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = Number(await text(parent.stdout));
  expect(pid).toBeGreaterThan(0);
  try {
    await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
  } finally {
    if (isRunning(pid)) process.kill(pid, "SIGKILL");
  }
});

test("nothing is left behind when it has stopped", async () => {
  const other = await startProduct();
  const pids = Object.values(other.pids());
  await other.close();
  expect(pids.some(isRunning)).toBe(false);
  await expect(readdir(other.directory)).rejects.toThrow("ENOENT");
});
