import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "@/lib/config/config";
import { evaluationProfile } from "./environment";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "sortie-profile-"));
});
afterEach(async () => {
  await rm(data, { recursive: true });
});

test("whoever sets nothing gets a product that records, with everything in one folder", async () => {
  const profile = await evaluationProfile({}, data);
  const config = parseConfig({ ...profile, DATABASE_URL: "postgresql://localhost/sortie" });
  expect(config.recording.enabled).toBe(true);
  expect(config.recording.storage).toEqual({ backend: "local", path: join(data, "recordings") });
  expect(config.dataDir).toBe(data);
});

test("what is set wins, and what is set to nothing does not count as set", async () => {
  const given = { SORTIE_VIDEO_RECORDING_ENABLED: "false", PORT: "", SORTIE_LOG_LEVEL: "debug" };
  expect(await evaluationProfile(given, data)).toMatchObject({
    SORTIE_VIDEO_RECORDING_ENABLED: "false",
    PORT: "3000",
    SORTIE_LOG_LEVEL: "debug",
  });
});

test("the secret is made once, for the owner's eyes only, so that nobody is signed out by a restart", async () => {
  const first = await evaluationProfile({}, data);
  const second = await evaluationProfile({}, data);
  expect(first["NEXTAUTH_SECRET"]).toMatch(/^[\w-]{43}$/);
  expect(second["NEXTAUTH_SECRET"]).toBe(first["NEXTAUTH_SECRET"]);
  expect((await stat(join(data, "secret"))).mode & 0o777).toBe(0o600);
});
