import { setTimeout as delay } from "node:timers/promises";
import type * as openTelemetry from "@opentelemetry/api";
import type { Context, Span, TracerProvider } from "@opentelemetry/api";
import type { ProcessName } from "@/lib/metrics/metrics";
import { isAppError } from "@/lib/errors/app-error";
import { type OpenSpan, provideTracing, type SpanSpec } from "./traced";

/** What a receiver that does not answer may cost at the end. */
const FAREWELL_MS = 1_500;

type Api = typeof openTelemetry;

/**
 * Sends spans to the OTLP/HTTP receiver that the standard `OTEL_*` variables name; sampling, headers, limits
 * and the resource come from them too. Everything is imported here and not before: who does not trace loads
 * nothing of it.
 * @returns what sends the rest and stops
 */
export async function startTracing(
  name: ProcessName,
  version: string,
): Promise<() => Promise<void>> {
  const [api, sdk, { OTLPTraceExporter }, resources, { PrismaInstrumentation }] = await Promise.all(
    [
      import("@opentelemetry/api"),
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/exporter-trace-otlp-proto"),
      import("@opentelemetry/resources"),
      import("@prisma/instrumentation"),
    ],
  );
  const ours = { "service.name": `sortie-${name}`, "service.version": version };
  const named = resources.detectResources({ detectors: [resources.envDetector] });
  const provider = new sdk.NodeTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes(ours))
      .merge(named),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const database = new PrismaInstrumentation();
  database.setTracerProvider(onlyInside(api, provider));
  database.enable();
  const tracer = provider.getTracer("sortie", version);
  provideTracing({
    begin: (spec, work) =>
      tracer.startActiveSpan(
        spec.name,
        { kind: kindOf(api, spec), attributes: { ...spec.attributes } },
        contextOf(api, spec),
        (span) => work(openSpan(api, span)),
      ),
  });
  return async () => {
    const late = delay(FAREWELL_MS, undefined, { ref: false });
    await Promise.race([provider.shutdown(), late]);
  };
}

function kindOf({ SpanKind }: Api, { kind = "internal" }: SpanSpec) {
  const kinds = {
    ...{ internal: SpanKind.INTERNAL, server: SpanKind.SERVER },
    ...{ client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER },
  };
  return kinds[kind];
}

function contextOf({ context, propagation }: Api, { joinedFrom }: SpanSpec): Context {
  const active = context.active();
  return joinedFrom === undefined ? active : propagation.extract(active, joinedFrom);
}

function openSpan({ SpanStatusCode }: Api, span: Span): OpenSpan {
  return {
    set: (attributes) => span.setAttributes({ ...attributes }),
    fail: (error) => {
      // What a caller did wrong is no failure of ours; messages may hold what nobody else is to read.
      const code = isAppError(error) ? error.code : error instanceof Error ? error.name : "unknown";
      span.setAttribute("error.type", code);
      if (!isAppError(error) || error.httpStatus >= 500) {
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
    },
    end: () => span.end(),
  };
}

/** Spans inside others alone: what looks at the database every few seconds would make a trace each time. */
function onlyInside(api: Api, provider: TracerProvider) {
  const { context, trace, ProxyTracerProvider, isSpanContextValid } = api;
  const quiet = new ProxyTracerProvider().getTracer("quiet");
  const wrapped: TracerProvider = {
    getTracer: (...names) => {
      const tracer = provider.getTracer(...names);
      const fitting = () => {
        const outer = trace.getSpanContext(context.active());
        // A quiet span is there too, but names no trace.
        return outer !== undefined && isSpanContextValid(outer) ? tracer : quiet;
      };
      return {
        startSpan: (...input) => fitting().startSpan(...input),
        startActiveSpan: (...input: unknown[]) =>
          (fitting().startActiveSpan as (...all: unknown[]) => never)(...input),
      };
    },
  };
  return wrapped;
}
