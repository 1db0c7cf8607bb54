import { z } from "zod";

/** A wrong environment variable; `message` is the one line an operator needs. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export const bool = z.enum(["true", "false"]).transform((text) => text === "true");
export const integer = (minimum: number, maximum: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(minimum).max(maximum));
export const text = z.string().min(1);
export const absolutePath = z.string().startsWith("/");

export interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  /** Completes the sentence "…; allowed: ". */
  readonly allowed: string;
  /** Whether its value is never shown. */
  readonly isSecret: boolean;
}

export const variable = <T>(schema: z.ZodType<T, string>, allowed: string): Variable<T> => ({
  schema,
  allowed,
  isSecret: false,
});

export const secret = <T>(schema: z.ZodType<T, string>, allowed: string): Variable<T> => ({
  schema,
  allowed,
  isSecret: true,
});

type Table = Readonly<Record<string, Variable<unknown>>>;
type ValueOf<T extends Table, N extends keyof T> = z.output<T[N]["schema"]>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the variables that a table names, with the sentence an operator needs where one is wrong. */
export class EnvironmentReader<T extends Table> {
  constructor(
    private readonly environment: Environment,
    private readonly table: T,
  ) {}

  /** An unset or empty variable counts as absent, as it does in Helm charts and env files. */
  optional<N extends keyof T & string>(name: N): ValueOf<T, N> | undefined {
    const raw = this.environment[name];
    if (raw === undefined || raw === "") return undefined;
    const { schema, allowed, isSecret } = this.table[name] as Variable<ValueOf<T, N>>;
    const parsed = schema.safeParse(raw);
    if (parsed.success) return parsed.data;
    const shown = isSecret ? "(hidden)" : JSON.stringify(raw);
    throw new ConfigError(`${name} is ${shown}; allowed: ${allowed}.`);
  }

  withDefault<N extends keyof T & string>(name: N, fallback: ValueOf<T, N>): ValueOf<T, N> {
    return this.optional(name) ?? fallback;
  }

  required<N extends keyof T & string>(name: N, because: string): ValueOf<T, N> {
    const value = this.optional(name);
    if (value !== undefined) return value;
    const allowed = this.table[name]?.allowed ?? "";
    throw new ConfigError(`${name} is not set, but is required ${because}; allowed: ${allowed}.`);
  }
}
