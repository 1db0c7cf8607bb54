import { z } from "zod";
import {
  bool,
  ConfigError,
  type Environment,
  EnvironmentReader,
  integer,
  secret,
  text,
  variable,
} from "./environment";
import { readSession, SESSION_VARIABLES, type SessionConfig } from "./session-config";
import { readTracing, TRACING_VARIABLES } from "./tracing-config";
import { ROLE_MAP_ALLOWED, roleMap, type SignInConfig } from "./sign-in-config";

/** Where recordings are kept; a backend's settings exist only together with the backend. */
export type StorageConfig =
  | { readonly backend: "local"; readonly path: string }
  | {
      readonly backend: "s3";
      readonly bucket: string;
      readonly region: string;
      readonly endpoint: string | undefined;
      readonly prefix: string;
      /** Undefined: the AWS SDK's own credential chain. */
      readonly credentials:
        { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
      /** Browsers read recordings from S3 themselves, by addresses that are signed for them. */
      readonly presigned: boolean;
    };

export { ConfigError };

export interface Config {
  readonly recording: {
    readonly enabled: boolean;
    readonly maxSizeBytes: number;
    /** 0 keeps recordings forever. */
    readonly retentionDays: number;
    readonly storage: StorageConfig;
  };
  readonly session: SessionConfig;
  readonly databaseUrl: string;
  /** Undefined: jobs are queued in PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly port: number;
  readonly host: string;
  /** Where this process answers Prometheus and probes; undefined: nowhere. */
  readonly metricsPort: number | undefined;
  /** Whether spans are sent to an OpenTelemetry receiver. */
  readonly tracing: boolean;
  /** The origin users see, e.g. `https://sortie.example.org`; undefined: taken from each request's Host. */
  readonly publicUrl: string | undefined;
  /** Each session's web app has a host of its own below this domain; undefined: there are no web apps. */
  readonly appsDomain: string | undefined;
  /** Proxies in front of the server whose `X-Forwarded-For` is believed. */
  readonly trustedProxyCount: number;
  readonly authSecret: string;
  readonly signIn: SignInConfig;
  readonly dataDir: string;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
}

const MEBIBYTE = 1024 * 1024;

const httpUrl = z.url({ protocol: /^https?$/ });
/** Pages stand at the root of their host: a path here would only make links that lead nowhere. */
const originUrl = httpUrl.refine((address) => {
  if (!URL.canParse(address)) return false;
  const { pathname, search, hash, username, password } = new URL(address);
  return pathname === "/" && `${search}${hash}${username}${password}` === "";
});
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const redisUrl = z.url({ protocol: /^rediss?$/ });
const domainName = z
  .string()
  .max(200)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const keyPrefix = z.string().regex(/^(|[^/].*\/)$/);

/** Every variable the product reads, with what is allowed in it. Names are a contract with operators. */
export const VARIABLES = {
  SORTIE_VIDEO_RECORDING_ENABLED: variable(bool, "true or false"),
  SORTIE_RECORDING_STORAGE_BACKEND: variable(z.enum(["local", "s3"]), "local or s3"),
  SORTIE_RECORDING_STORAGE_PATH: variable(
    z.string().startsWith("/"),
    "an absolute path, such as /data/recordings",
  ),
  SORTIE_RECORDING_MAX_SIZE_MB: variable(
    integer(1, 10_000_000),
    "a whole number of MiB from 1 to 10000000",
  ),
  SORTIE_RECORDING_RETENTION_DAYS: variable(
    integer(0, 36_500),
    "a whole number of days from 0 (keep forever) to 36500",
  ),
  SORTIE_RECORDING_S3_BUCKET: variable(
    bucketName,
    "an S3 bucket name (3 to 63 lower-case letters, digits, dots and hyphens)",
  ),
  SORTIE_RECORDING_S3_REGION: variable(text, "a region, such as us-east-1"),
  SORTIE_RECORDING_S3_ENDPOINT: variable(httpUrl, "an http or https URL"),
  SORTIE_RECORDING_S3_PREFIX: variable(keyPrefix, "empty, or a key prefix that ends with /"),
  SORTIE_RECORDING_S3_ACCESS_KEY_ID: secret(text, "an access key id"),
  SORTIE_RECORDING_S3_SECRET_ACCESS_KEY: secret(text, "a secret access key"),
  SORTIE_RECORDING_S3_PRESIGN: variable(bool, "true or false"),
  ...SESSION_VARIABLES,
  ...TRACING_VARIABLES,
  SORTIE_LOCAL_ACCOUNTS: variable(bool, "true or false"),
  SORTIE_OIDC_ISSUER: variable(httpUrl, "an http or https URL"),
  SORTIE_OIDC_CLIENT_ID: variable(text, "a client id"),
  SORTIE_OIDC_CLIENT_SECRET: secret(text, "a client secret"),
  SORTIE_OIDC_NAME: variable(z.string().max(40), "a name of at most 40 characters"),
  SORTIE_OIDC_SCOPES: variable(
    z.string().regex(/^(.* )?openid( .*)?$/),
    "scopes separated by spaces, openid among them",
  ),
  SORTIE_OIDC_USERNAME_CLAIM: variable(text, "the name of a claim"),
  SORTIE_OIDC_ROLE_CLAIM: variable(text, "the name of a claim"),
  SORTIE_OIDC_ROLE_MAP: variable(roleMap, ROLE_MAP_ALLOWED),
  SORTIE_OIDC_CLUSTER_CLAIM: variable(text, "the name of a claim"),
  SORTIE_TRUSTED_PROXIES: variable(integer(0, 10), "how many proxies stand in front, from 0 to 10"),
  SORTIE_DATA_DIR: variable(z.string().startsWith("/"), "an absolute path"),
  SORTIE_LOG_LEVEL: variable(
    z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
    "fatal, error, warn, info, debug, trace or silent",
  ),
  SORTIE_METRICS_PORT: variable(integer(0, 65_534), "a port number from 0 to 65534"),
  DATABASE_URL: secret(postgresUrl, "a postgresql:// URL"),
  REDIS_URL: secret(redisUrl, "a redis:// or rediss:// URL"),
  PORT: variable(integer(0, 65_535), "a port number from 0 to 65535"),
  HOST: variable(text, "an address to listen on, such as 0.0.0.0"),
  NEXTAUTH_URL: variable(
    originUrl,
    "the http or https URL that users open, with no path, such as https://sortie.example.org",
  ),
  SORTIE_APPS_DOMAIN: variable(
    domainName,
    "a domain in lower case, such as apps.example.org, below which every name leads here",
  ),
  NEXTAUTH_SECRET: secret(z.string().min(32), "at least 32 random characters"),
} as const;

type Reader = EnvironmentReader<typeof VARIABLES>;

function readStorage(read: Reader): StorageConfig {
  const backend = read.withDefault("SORTIE_RECORDING_STORAGE_BACKEND", "local");
  if (backend === "local") {
    return {
      backend,
      path: read.withDefault("SORTIE_RECORDING_STORAGE_PATH", "/data/recordings"),
    };
  }
  return {
    backend,
    bucket: read.required(
      "SORTIE_RECORDING_S3_BUCKET",
      "when SORTIE_RECORDING_STORAGE_BACKEND is s3",
    ),
    region: read.withDefault("SORTIE_RECORDING_S3_REGION", "us-east-1"),
    endpoint: read.optional("SORTIE_RECORDING_S3_ENDPOINT"),
    prefix: read.withDefault("SORTIE_RECORDING_S3_PREFIX", "recordings/"),
    credentials: readS3Credentials(read),
    presigned: read.withDefault("SORTIE_RECORDING_S3_PRESIGN", true),
  };
}

function readS3Credentials(read: Reader) {
  const accessKeyId = read.optional("SORTIE_RECORDING_S3_ACCESS_KEY_ID");
  const secretAccessKey = read.optional("SORTIE_RECORDING_S3_SECRET_ACCESS_KEY");
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  const together = "because the access key id and the secret access key belong together";
  return {
    accessKeyId: read.required("SORTIE_RECORDING_S3_ACCESS_KEY_ID", together),
    secretAccessKey: read.required("SORTIE_RECORDING_S3_SECRET_ACCESS_KEY", together),
  };
}

function readSignIn(read: Reader): SignInConfig {
  const localAccounts = read.withDefault("SORTIE_LOCAL_ACCOUNTS", true);
  const issuer = read.optional("SORTIE_OIDC_ISSUER");
  if (issuer === undefined) {
    if (localAccounts) return { oidc: null, localAccounts };
    throw new ConfigError(
      "SORTIE_LOCAL_ACCOUNTS is false, but without SORTIE_OIDC_ISSUER nobody could sign in; set both.",
    );
  }
  const because = "when SORTIE_OIDC_ISSUER is set";
  const oidc = {
    issuer: issuer.replace(/\/+$/, ""),
    clientId: read.required("SORTIE_OIDC_CLIENT_ID", because),
    clientSecret: read.required("SORTIE_OIDC_CLIENT_SECRET", because),
    name: read.withDefault("SORTIE_OIDC_NAME", "single sign-on"),
    scopes: read.withDefault("SORTIE_OIDC_SCOPES", "openid profile email"),
    usernameClaim: read.withDefault("SORTIE_OIDC_USERNAME_CLAIM", "preferred_username"),
    roleClaim: read.withDefault("SORTIE_OIDC_ROLE_CLAIM", "groups"),
    roleMap: read.required("SORTIE_OIDC_ROLE_MAP", because),
    clusterClaim: read.optional("SORTIE_OIDC_CLUSTER_CLAIM"),
  };
  return { oidc, localAccounts };
}

/** On one's own machine names below `localhost` do without anything being set up (RFC 6761, 6.3). */
function readAppsDomain(read: Reader, publicUrl: string | undefined): string | undefined {
  const domain = read.optional("SORTIE_APPS_DOMAIN");
  if (domain === undefined) {
    const isLocal = publicUrl === undefined || new URL(publicUrl).hostname === "localhost";
    return isLocal ? "localhost" : undefined;
  }
  // Apps are shown in frames of that address only.
  read.required("NEXTAUTH_URL", "when SORTIE_APPS_DOMAIN is set");
  return domain;
}

/**
 * Reads the whole configuration out of environment variables, once, at start.
 * @throws ConfigError naming the variable, its value and what is allowed.
 */
export function parseConfig(environment: Environment): Config {
  const read = new EnvironmentReader(environment, VARIABLES);
  const publicUrl = read.optional("NEXTAUTH_URL");
  return {
    recording: {
      enabled: read.withDefault("SORTIE_VIDEO_RECORDING_ENABLED", false),
      maxSizeBytes: read.withDefault("SORTIE_RECORDING_MAX_SIZE_MB", 500) * MEBIBYTE,
      retentionDays: read.withDefault("SORTIE_RECORDING_RETENTION_DAYS", 0),
      storage: readStorage(read),
    },
    session: readSession(environment),
    databaseUrl: read.required("DATABASE_URL", "to reach PostgreSQL"),
    redisUrl: read.optional("REDIS_URL"),
    port: read.withDefault("PORT", 3000),
    host: read.withDefault("HOST", "0.0.0.0"),
    metricsPort: read.optional("SORTIE_METRICS_PORT"),
    tracing: readTracing(environment),
    publicUrl,
    appsDomain: readAppsDomain(read, publicUrl),
    trustedProxyCount: read.withDefault("SORTIE_TRUSTED_PROXIES", 0),
    authSecret: read.required("NEXTAUTH_SECRET", "to sign sign-in cookies"),
    signIn: readSignIn(read),
    dataDir: read.withDefault("SORTIE_DATA_DIR", "/data"),
    logLevel: read.withDefault("SORTIE_LOG_LEVEL", "info"),
  };
}
