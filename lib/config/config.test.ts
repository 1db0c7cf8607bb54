import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ConfigError, parseConfig, VARIABLES } from "./config";

const NEEDED = {
  DATABASE_URL: "postgresql://sortie@localhost/sortie",
  NEXTAUTH_SECRET: "0123456789abcdef0123456789abcdef",
};

/** The line an operator reads when the product refuses to start. */
function complaintAbout(environment: Record<string, string>): string {
  try {
    parseConfig({ ...NEEDED, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("The configuration was accepted.");
}

describe("an operator who sets nothing but a database and a secret", () => {
  it("gets the documented defaults", () => {
    const config = parseConfig(NEEDED);
    expect(config.recording).toEqual({
      enabled: false,
      maxSizeBytes: 500 * 1024 * 1024,
      retentionDays: 0,
      storage: { backend: "local", path: "/data/recordings" },
    });
    expect(config.port).toBe(3000);
    expect(config.redisUrl).toBeUndefined();
  });

  it("gets the same from variables that are set but empty, as charts and env files leave them", () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ""]));
    expect(parseConfig({ ...empty, ...NEEDED })).toEqual(parseConfig(NEEDED));
  });
});

describe("an operator who makes a mistake is told the variable, the value and what is allowed", () => {
  it.each([
    ["SORTIE_VIDEO_RECORDING_ENABLED", "yes", "true or false"],
    ["SORTIE_RECORDING_STORAGE_BACKEND", "minio", "local or s3"],
    ["SORTIE_RECORDING_STORAGE_PATH", "recordings", "an absolute path, such as /data/recordings"],
    ["SORTIE_RECORDING_MAX_SIZE_MB", "0", "a whole number of MiB from 1 to 10000000"],
    ["SORTIE_RECORDING_MAX_SIZE_MB", "1.5", "a whole number of MiB from 1 to 10000000"],
    [
      "SORTIE_RECORDING_RETENTION_DAYS",
      "-1",
      "a whole number of days from 0 (keep forever) to 36500",
    ],
    ["PORT", "70000", "a port number from 0 to 65535"],
    ["SORTIE_SESSION_PROVIDER", "podman", "local, docker or kubernetes"],
    ["SORTIE_APPS_FILE", "apps.json", "the absolute path of a JSON file"],
    [
      "SORTIE_CLUSTER",
      "east one",
      "a cluster's name (1 to 63 letters, digits, dots, hyphens and underscores, a letter or digit first)",
    ],
    ["SORTIE_DESKTOP_IMAGE", "--privileged", "the name of a container image"],
  ])("%s=%s", (name, value, allowed) => {
    expect(complaintAbout({ [name]: value })).toBe(`${name} is "${value}"; allowed: ${allowed}.`);
  });

  it.each([
    "https://example.org/sortie",
    "https://example.org/?a=b",
    "https://ann@example.org",
    "example.org",
  ])("NEXTAUTH_URL=%s", (value) => {
    expect(complaintAbout({ NEXTAUTH_URL: value })).toBe(
      `NEXTAUTH_URL is "${value}"; allowed: the http or https URL that users open, with no path, such as https://sortie.example.org.`,
    );
  });

  it("may leave a slash at the end of the address that users open", () => {
    const { publicUrl } = parseConfig({ ...NEEDED, NEXTAUTH_URL: "https://example.org/" });
    expect(publicUrl).toBe("https://example.org/");
  });

  it("never shows a secret's value", () => {
    const complaint = complaintAbout({ NEXTAUTH_SECRET: "too short" });
    expect(complaint).toContain("NEXTAUTH_SECRET");
    expect(complaint).not.toContain("too short");
  });

  it("asks for the bucket when recordings go to S3", () => {
    expect(complaintAbout({ SORTIE_RECORDING_STORAGE_BACKEND: "s3" })).toMatch(
      /^SORTIE_RECORDING_S3_BUCKET is not set, but is required when SORTIE_RECORDING_STORAGE_BACKEND is s3/,
    );
  });

  it("asks for the other half of the S3 credentials", () => {
    const half = {
      SORTIE_RECORDING_STORAGE_BACKEND: "s3",
      SORTIE_RECORDING_S3_BUCKET: "recordings",
      SORTIE_RECORDING_S3_ACCESS_KEY_ID: "key",
    };
    expect(complaintAbout(half)).toMatch(/^SORTIE_RECORDING_S3_SECRET_ACCESS_KEY is not set/);
  });
});

it("S3 settings arrive together and only with the S3 backend", () => {
  const s3 = {
    SORTIE_RECORDING_STORAGE_BACKEND: "s3",
    SORTIE_RECORDING_S3_BUCKET: "recordings",
    SORTIE_RECORDING_S3_ENDPOINT: "http://minio:9000",
  };
  expect(parseConfig({ ...NEEDED, ...s3 }).recording.storage).toEqual({
    backend: "s3",
    bucket: "recordings",
    region: "us-east-1",
    endpoint: "http://minio:9000",
    prefix: "recordings/",
    credentials: undefined,
    presigned: true,
  });
  const local = { ...s3, SORTIE_RECORDING_STORAGE_BACKEND: "local" };
  expect(parseConfig({ ...NEEDED, ...local }).recording.storage).not.toHaveProperty("bucket");
});

it("an engine's settings arrive only where sessions are its containers", () => {
  const engine = {
    SORTIE_DOCKER_SOCKET: "/run/podman/podman.sock",
    SORTIE_DOCKER_NETWORK: "sortie",
  };
  const { session } = parseConfig({ ...NEEDED, ...engine, SORTIE_SESSION_PROVIDER: "docker" });
  expect(session).toMatchObject({
    provider: "docker",
    socketPath: "/run/podman/podman.sock",
    runtime: undefined,
    network: "sortie",
    desktopImage: "sortie-desktop:latest",
  });
  expect(parseConfig({ ...NEEDED, ...engine }).session).not.toHaveProperty("socketPath");
});

it("every variable is in the operator's table with what is allowed in it", async () => {
  const guide = await readFile("docs/configuration.md", "utf8");
  for (const [name, { allowed }] of Object.entries(VARIABLES)) {
    expect(guide).toContain(`\`${name}\``);
    expect(guide, name).toContain(allowed);
  }
});
