import { z } from "zod";
import { EnvironmentReader, variable } from "./environment";

/**
 * The standard variables of OpenTelemetry that decide whether and how spans are sent. All others (`OTEL_*`:
 * headers, sampling, resource, batches) are read by its own library.
 */
export const TRACING_VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(z.url({ protocol: /^https?$/ }), "an http or https URL"),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: variable(
    z.url({ protocol: /^https?$/ }),
    "an http or https URL",
  ),
  OTEL_EXPORTER_OTLP_PROTOCOL: variable(z.literal("http/protobuf"), "http/protobuf"),
  OTEL_SDK_DISABLED: variable(z.enum(["true", "false"]), "true or false"),
} as const;

/** Whether spans are to be sent anywhere. @throws ConfigError for what would be sent another way */
export function readTracing(environment: Readonly<Record<string, string | undefined>>): boolean {
  const read = new EnvironmentReader(environment, TRACING_VARIABLES);
  const endpoint =
    read.optional("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ??
    read.optional("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === undefined || read.optional("OTEL_SDK_DISABLED") === "true") return false;
  read.optional("OTEL_EXPORTER_OTLP_PROTOCOL");
  return true;
}
