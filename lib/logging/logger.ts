import pino, { type Logger } from "pino";
import type { Config } from "@/lib/config/config";

export type { Logger };

const SECRET_PATHS = ["*.password", "*.authorization", "*.cookie", "*.token", "*.secret"];

/** A structured logger on standard output; secrets are cut out by name. */
export function createLogger(level: Config["logLevel"], name: string): Logger {
  // Not pino's own stream: when whoever reads our output has died, that one tries to write a fatal error for ever.
  return pino({ level, name, redact: { paths: SECRET_PATHS, censor: "(hidden)" } }, process.stdout);
}
