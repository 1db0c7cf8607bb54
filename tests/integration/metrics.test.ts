import { readFile } from "node:fs/promises";
import { version } from "@/package.json";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { JOB_NAMES } from "@/lib/queue/jobs";
import { longStream } from "../support/long-stream";
import { type Product, startProduct } from "../support/product";
import { startTusSender } from "../support/tus-sender";

let product: Product;
/** Where each process tells its metrics. */
let ports: { readonly web: string; readonly worker: string };

beforeAll(async () => {
  product = await startProduct({ SORTIE_METRICS_PORT: "0", SORTIE_LOG_LEVEL: "debug" });
  ports = { web: monitorOf("web"), worker: monitorOf("worker") };
});
afterAll(() => product.close());

function monitorOf(name: string): string {
  const entry = product.log.find(
    (line) => line["name"] === name && line.msg === "metrics and probes",
  );
  return `http://127.0.0.1:${String(entry?.["port"])}`;
}

async function page(origin: string): Promise<readonly string[]> {
  const answer = await fetch(`${origin}/metrics`);
  expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  return (await answer.text()).split("\n");
}

/** The samples of a page, by name with labels as they stand there. */
async function samples(origin: string): Promise<ReadonlyMap<string, number>> {
  const lines = (await page(origin)).filter((line) => line && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const cut = line.lastIndexOf(" ");
      return [line.slice(0, cut), Number(line.slice(cut + 1))] as const;
    }),
  );
}

async function recordOnce(): Promise<string> {
  const sender = await startTusSender(product, product.administrator);
  const { bytes } = await longStream(1);
  expect((await sender.send(0, bytes, bytes.byteLength)).status).toBe(204);
  return sender.id;
}

describe("An operator who watches the product", () => {
  test("sees at each process what it did, and at the worker what the whole installation holds", async () => {
    await recordOnce();
    const web = await samples(ports.web);
    expect(web.get('sortie_recording_appends_total{result="ok"}')).toBe(1);
    expect(web.get("sortie_recording_append_duration_seconds_count")).toBe(1);
    expect(web.get("sortie_recording_append_bytes_total")).toBeGreaterThan(10_000);
    expect(web.get('sortie_recording_seals_total{result="ready"}')).toBe(1);
    expect(web.get("sortie_recording_seal_duration_seconds_count")).toBe(1);
    expect(web.get("sortie_http_requests_in_progress")).toBe(0);
    const route = 'method="PATCH",route="/api/recordings/[id]/upload"';
    expect(web.get(`sortie_http_requests_total{${route},status="204"}`)).toBe(1);
    expect(web.get(`sortie_http_request_duration_seconds_count{${route}}`)).toBe(1);
    expect(web.get(`sortie_build_info{version="${version}",process="web"}`)).toBe(1);
    expect(web.get("process_resident_memory_bytes")).toBeGreaterThan(0);

    const worker = await samples(ports.worker);
    expect(worker.get('sortie_recordings{status="ready",storage_backend="local"}')).toBe(1);
    expect(worker.get('sortie_sessions{status="running"}')).toBe(1);
    expect(worker.get("sortie_storage_free_bytes")).toBeGreaterThan(0);
    expect(worker.get("sortie_storage_floor_bytes")).toBe(256 * 2 ** 20);
    for (const source of ["database", "queue", "storage"]) {
      expect(worker.get(`sortie_source_up{source="${source}"}`)).toBe(1);
    }
  });

  test("finds each metric in the guide, as what it is, and none besides", async () => {
    const guide = await readFile("docs/metrics.md", "utf8");
    const documented = [...guide.matchAll(/^\| `(sortie_\w+)` +\| (\w+)/gm)].map(
      ([, name = "", type = ""]) => `${name} ${type}`,
    );
    const told = [...(await page(ports.web)), ...(await page(ports.worker))].flatMap(
      (line) => /^# TYPE (sortie_.+)/.exec(line)?.[1] ?? [],
    );
    expect(documented.toSorted()).toEqual([...new Set(told)].toSorted());
  });

  test("sees how background jobs go", async () => {
    await vi.waitFor(
      async () => {
        const worker = await samples(ports.worker);
        const queued = ["waiting", "active", "delayed"].map((state) =>
          Number(worker.get(`sortie_queue_jobs{state="${state}"}`)),
        );
        // Each job with a schedule is in one of them.
        const jobs = queued.reduce((sum, count) => sum + count, 0);
        expect(jobs).toBeGreaterThanOrEqual(JOB_NAMES.length);
        expect(worker.get('sortie_queue_jobs{state="failed"}')).toBe(0);
        const job = 'job="reap-abandoned"';
        const runs = worker.get(`sortie_job_duration_seconds_count{${job},result="ok"}`);
        expect(runs).toBeGreaterThanOrEqual(1);
        const at = worker.get(`sortie_job_last_success_timestamp_seconds{${job}}`);
        expect(Math.abs(Date.now() / 1000 - (at ?? 0))).toBeLessThan(120);
      },
      { timeout: 30_000, interval: 250 },
    );
  });

  test("probes a worker as well as a web process", async () => {
    for (const origin of [ports.web, ports.worker]) {
      expect((await fetch(`${origin}/healthz`)).status).toBe(200);
      const ready = await fetch(`${origin}/readyz`);
      expect(ready.status).toBe(200);
      expect(await ready.json()).toMatchObject({ status: "ready" });
      expect((await fetch(`${origin}/api/apps`)).status).toBe(404);
      expect((await fetch(`${origin}/metrics`, { method: "POST" })).status).toBe(405);
    }
  });

  test("does not show the figures to strangers at the public address", async () => {
    const cookie = await product.signIn(product.administrator);
    for (const headers of [{}, { cookie }]) {
      const answer = await fetch(`${product.url}/metrics`, { headers });
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain("sortie_");
    }
  });
});

describe("An operator who reads the log", () => {
  const requestsOf = (route: string) => product.log.filter((line) => line["route"] === route);

  test("finds each request with its id, route, status, time and user", async () => {
    const id = await recordOnce();
    const cookie = await product.signIn(product.administrator);
    const answer = await fetch(`${product.url}/api/recordings/${id}`, { headers: { cookie } });
    const requestId = answer.headers.get("x-request-id");
    const { id: userId } = await product.db.user.findFirstOrThrow();
    await vi.waitFor(() => {
      const line = requestsOf("/api/recordings/[id]").find(
        (each) => each["requestId"] === requestId,
      );
      expect(line).toMatchObject({ method: "GET", status: 200, userId, level: 30 });
      expect(line?.["durationMs"]).toBeGreaterThan(0);
    });
  });

  test("finds a page with whose it was", async () => {
    const cookie = await product.signIn(product.administrator);
    await (await fetch(`${product.url}/account`, { headers: { cookie } })).text();
    await vi.waitFor(() => {
      expect(requestsOf("/account")[0]).toMatchObject({ status: 200 });
      expect(requestsOf("/account")[0]?.["userId"]).toEqual(expect.any(String));
    });
  });

  test("finds a refusal by the id that the user was told", async () => {
    const refused = await fetch(`${product.url}/api/recordings`);
    const { error } = (await refused.json()) as { error: { request_id: string } };
    expect(refused.headers.get("x-request-id")).toBe(error.request_id);
    await vi.waitFor(() => {
      const line = requestsOf("/api/recordings").find(
        (each) => each["requestId"] === error.request_id && "status" in each,
      );
      expect(line).toMatchObject({ status: 401 });
      expect(line).not.toHaveProperty("userId");
    });
  });

  test("finds no cookie, password, ticket or token in it, at the most talkative level", async () => {
    const cookie = await product.signIn(product.administrator);
    const wrong = "a password that somebody mistyped";
    await expect(product.signIn({ username: "admin", password: wrong })).rejects.toThrow();
    const secret = "srt_a-token-that-is-nobodys";
    const headers = { authorization: `Bearer ${secret}` };
    await fetch(`${product.url}/api/recordings?token=in-the-address`, { headers });
    await vi.waitFor(() => expect(requestsOf("/api/recordings").length).toBeGreaterThan(1));
    const log = JSON.stringify(product.log);
    const secrets = [
      product.administrator.password,
      wrong,
      secret,
      "in-the-address",
      product.databaseUrl,
    ];
    for (const each of [
      ...secrets,
      ...cookie.split("; ").map((pair) => pair.split("=")[1] ?? ""),
    ]) {
      expect(log).not.toContain(each);
    }
  });
});
