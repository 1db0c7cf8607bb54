import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { longStream } from "../support/long-stream";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../support/otlp-receiver";
import { type Product, startProduct } from "../support/product";
import { createBucket, hasRadosgw, s3Environment } from "../support/radosgw";
import { startTusSender, type TusSender } from "../support/tus-sender";

const CALLER = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

describe.skipIf(!hasRadosgw())("An operator who names an OpenTelemetry receiver", () => {
  let receiver: OtlpReceiver;
  let product: Product;
  let sender: TusSender;

  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    product = await startProduct({
      ...s3Environment(await createBucket()),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=tests",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=test",
      OTEL_BSP_SCHEDULE_DELAY: "100",
    });
    sender = await startTusSender(product, product.administrator);
    const { bytes } = await longStream(1);
    expect((await sender.send(0, bytes, bytes.byteLength)).status).toBe(204);
  });
  afterAll(async () => {
    await product.close();
    receiver.close();
  });

  const find = async (matches: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> =>
    await vi.waitFor(
      () => {
        const found = receiver.spans.find(matches);
        if (found === undefined)
          throw new Error(
            `not among: ${[...new Set(receiver.spans.map(({ name }) => name))].join(", ")}`,
          );
        return found;
      },
      { timeout: 15_000, interval: 100 },
    );
  const parentOf = async (span: ReceivedSpan) =>
    await find(({ spanId }) => spanId === span.parentSpanId);

  test("follows an upload from the request down to S3 and the database", async () => {
    const request = await find(({ name }) => name === "PATCH /api/recordings/[id]/upload");
    expect(request).toMatchObject({ service: "sortie-web", parentSpanId: "" });
    expect(request.attributes).toMatchObject({ "http.response.status_code": "204" });
    const append = await find(({ name }) => name === "recording.append");
    expect(append.attributes).toEqual({ "sortie.recording.id": sender.id });
    expect(await parentOf(append)).toBe(request);
    const seal = await find(({ name }) => name === "recording.seal");
    expect(seal.traceId).toBe(request.traceId);
    for (const step of [append, seal]) {
      await find(
        ({ name, parentSpanId }) => name === "S3.PutObject" && parentSpanId === step.spanId,
      );
    }
    const ofTrace = ({ traceId }: ReceivedSpan) => traceId === request.traceId;
    await find((span) => ofTrace(span) && span.name === "prisma:client:db_query");
    expect(receiver.headers()).toMatchObject({ "x-tenant": "tests" });
  });

  test("finds a request in the trace of whoever called", async () => {
    const cookie = await product.signIn(product.administrator);
    const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
    await fetch(`${product.url}/api/recordings`, { headers: { cookie, traceparent } });
    const request = await find(({ traceId }) => traceId === CALLER.traceId);
    const span = await find(({ parentSpanId }) => parentSpanId === CALLER.spanId);
    expect(span).toMatchObject({ name: "GET /api/recordings", traceId: request.traceId });
  });

  test("sees the jobs of the worker, and no trace of what only looks at the database now and then", async () => {
    const job = await find(({ name }) => name === "job reap-abandoned");
    expect(job).toMatchObject({ service: "sortie-worker", statusCode: 0 });
    const roots = receiver.spans.filter(({ parentSpanId }) => parentSpanId === "");
    expect(roots.filter(({ name }) => name.startsWith("prisma:"))).toEqual([]);
  });

  test("finds no secret in any span", () => {
    const said = JSON.stringify(receiver.spans);
    expect(said).toContain("SELECT");
    expect(said).not.toContain(product.administrator.password);
    expect(said).not.toContain(product.databaseUrl);
  });
});

test.each(["server", "worker"])(
  "without a receiver the %s loads nothing of OpenTelemetry's",
  async (name) => {
    const bundle = await readFile(`dist/${name}.js`, "utf8");
    expect(bundle).toContain('import("@opentelemetry/sdk-trace-node")');
    expect(bundle).not.toMatch(/from "(@opentelemetry|@prisma\/instrumentation)/);
  },
);
