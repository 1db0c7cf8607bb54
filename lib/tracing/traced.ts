/** What a span says beside its name and times. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanSpec {
  readonly name: string;
  readonly kind?: "internal" | "server" | "client" | "consumer";
  readonly attributes?: Attributes;
  /** Headers of a request that may name a trace to join (W3C Trace Context). */
  readonly joinedFrom?: Readonly<Record<string, string | string[] | undefined>>;
}

/** A span that has begun. */
export interface OpenSpan {
  set(attributes: Attributes): void;
  fail(error: unknown): void;
  end(): void;
}

/** What makes spans; see `start-tracing.ts`. */
export interface Tracing {
  /** Begins a span and calls `work` inside it: spans that begin in there are its children. */
  begin<T>(spec: SpanSpec, work: (span: OpenSpan) => T): T;
}

// The server and the route handlers are bundled apart: only the global object is common to both.
const slot = Symbol.for("sortie.tracing");
type Holder = { [slot]?: Tracing };

/** From here on everything that is `traced` makes spans. */
export function provideTracing(tracing: Tracing): void {
  (globalThis as Holder)[slot] = tracing;
}

const NO_SPAN: OpenSpan = { set: () => undefined, fail: () => undefined, end: () => undefined };

/** Calls `work` inside a span that it ends itself. Where nobody traces it is merely called. */
export function withSpan<T>(spec: SpanSpec, work: (span: OpenSpan) => T): T {
  const tracing = (globalThis as Holder)[slot];
  return tracing === undefined ? work(NO_SPAN) : tracing.begin(spec, work);
}

/** Does `work` as a span of its own, which tells whether it failed. Where nobody traces it is merely done. */
export function traced<T>(spec: SpanSpec, work: () => Promise<T>): Promise<T> {
  return withSpan(spec, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      span.end();
    }
  });
}
