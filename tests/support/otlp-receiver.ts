import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen } from "@/lib/http/http-server";

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** 2: failed. */
  readonly statusCode: number;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Headers of the latest delivery. */
  headers(): Readonly<Record<string, unknown>>;
  close(): void;
}

/** Takes spans over OTLP/HTTP as protobuf (opentelemetry-proto 1.x, trace_service.proto). */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let headers: Readonly<Record<string, unknown>> = {};
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      headers = request.headers;
      if (request.url === "/v1/traces") spans.push(...spansOf(body));
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
  });
  const { port } = await listen(server, { port: 0, host: "127.0.0.1" });
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, spans, headers: () => headers, close };
}

/** The fields of a protobuf message: numbers for varints, bytes for what has a length; fixed ones are skipped. */
type Fields = ReadonlyMap<number, readonly (number | Buffer)[]>;

function spansOf(body: Buffer): ReceivedSpan[] {
  return messages(fields(body), 1).flatMap((resourceSpans) => {
    const resource = messages(resourceSpans, 1)[0] ?? new Map();
    const service = attributesOf(resource, 1)["service.name"] ?? "";
    const scopes = messages(resourceSpans, 2);
    return scopes.flatMap((scope) => messages(scope, 2).map((span) => toSpan(service, span)));
  });
}

function toSpan(service: string, span: Fields): ReceivedSpan {
  const hex = (field: number) => bytesOf(span, field).toString("hex");
  const status = messages(span, 15)[0];
  return {
    ...{ service, name: bytesOf(span, 5).toString(), attributes: attributesOf(span, 9) },
    ...{ traceId: hex(1), spanId: hex(2), parentSpanId: hex(4) },
    statusCode: Number(status?.get(3)?.[0] ?? 0),
  };
}

/** `KeyValue`s; an `AnyValue` is a text (1), a boolean (2) or a whole number (3) here. */
function attributesOf(message: Fields, field: number): Record<string, string> {
  return Object.fromEntries(
    messages(message, field).map((pair) => {
      const value = [...(messages(pair, 2)[0] ?? [])][0]?.[1][0] ?? "";
      return [bytesOf(pair, 1).toString(), value.toString()];
    }),
  );
}

function messages(message: Fields, field: number): Fields[] {
  return (message.get(field) ?? []).map((value) => fields(value as Buffer));
}

function bytesOf(message: Fields, field: number): Buffer {
  return (message.get(field)?.[0] ?? Buffer.alloc(0)) as Buffer;
}

function fields(bytes: Buffer): Fields {
  const found = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, type] = [tag >>> 3, tag & 7];
    if (type === 1 || type === 5) {
      at += type === 1 ? 8 : 4;
      continue;
    }
    const value = type === 0 ? varint() : takeBytes(varint());
    found.set(field, [...(found.get(field) ?? []), value]);
  }
  return found;

  function takeBytes(length: number): Buffer {
    at += length;
    return bytes.subarray(at - length, at);
  }
}
