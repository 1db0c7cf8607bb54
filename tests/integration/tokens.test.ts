import { afterAll, beforeAll, expect, test } from "vitest";
import { DELETE as revokeOwn } from "@/app/api/account/tokens/[id]/route";
import { GET as listOwn, POST as make } from "@/app/api/account/tokens/route";
import { PATCH as changeAccount } from "@/app/api/account/route";
import { DELETE as revokeAny } from "@/app/api/admin/tokens/[id]/route";
import { GET as listOf } from "@/app/api/admin/users/[id]/tokens/route";
import { GET as settings } from "@/app/api/admin/settings/route";
import { DELETE as deleteRecording, GET as getRecording } from "@/app/api/recordings/[id]/route";
import { HEAD as uploadHead, PATCH as uploadPatch } from "@/app/api/recordings/[id]/upload/route";
import { GET as listRecordings } from "@/app/api/recordings/route";
import { type Actor, type Role } from "@/lib/auth/permissions";
import { provideServices } from "@/lib/composition/services";
import { CLIENT_ADDRESS_HEADER } from "@/lib/http/client";
import { createRecordingScene, type RecordingScene, signedIn } from "../support/recording-scene";
import { problem, routeClient } from "../support/route-client";

let scene: RecordingScene;
beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
});
afterAll(() => scene.close());

interface NewToken {
  readonly id: string;
  readonly token: string;
}

const inBrowser = (actor: Actor) => routeClient(scene.services, actor);

async function newToken(owner: Actor, scopes: readonly string[]): Promise<NewToken> {
  const body = JSON.stringify({ name: "backup script", scopes, expires_in_days: 30 });
  const response = await inBrowser(owner)("POST", make, { body });
  expect(response.status).toBe(201);
  return (await response.json()) as NewToken;
}

/** Asks with a token as a script would: no cookie, no Origin. */
function withToken(token: string, ip?: string) {
  const headers = { authorization: `Bearer ${token}`, ...(ip && { [CLIENT_ADDRESS_HEADER]: ip }) };
  const client = routeClient(scene.services, scene.ana);
  return (method: string, handler: Parameters<typeof client>[1], id = "", more = {}) =>
    client(method, handler, { as: null, id, headers: { ...headers, ...more } });
}

const setRole = (actor: Actor, role: Role) =>
  scene.services.db.user.update({ where: { id: actor.userId }, data: { role } });

test("a token is shown once, kept as a hash, and calls the API as its user without a cookie or an Origin", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const { id, token } = await newToken(scene.ana, ["read"]);
  expect(token).toMatch(/^sortie_[A-Za-z0-9_-]{43}$/);
  const listed = (await (await withToken(token)("GET", listRecordings)).json()) as { id: string }[];
  expect(listed.map((recording) => recording.id)).toEqual([recordingId]);
  const row = await scene.services.db.apiToken.findUniqueOrThrow({ where: { id } });
  expect(JSON.stringify(row)).not.toContain(token.slice("sortie_".length));
  const shown = await (await inBrowser(scene.ana)("GET", listOwn)).text();
  expect(shown).toContain(id);
  expect(shown).not.toContain(token);
});

test("a token does what it was made for and nothing else, and says so", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const ask = withToken((await newToken(scene.ana, ["read"])).token);
  expect((await ask("GET", getRecording, recordingId)).status).toBe(200);
  const refused = await ask("DELETE", deleteRecording, recordingId);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({
    error: { message: "This token was not made for that. Use one with the right to do it." },
  });
  const deleting = withToken((await newToken(scene.ana, ["delete"])).token);
  expect((await deleting("DELETE", deleteRecording, recordingId)).status).toBe(204);
});

test("a token never allows more than its user's role does at the moment it is used", async () => {
  const all = ["read", "record", "delete", "administer"];
  const { token } = await newToken(scene.admin, all);
  const ask = withToken(token);
  const { recordingId } = await scene.start(scene.ana);
  expect((await ask("GET", settings)).status).toBe(200);
  expect((await ask("GET", getRecording, recordingId)).status).toBe(200);
  await setRole(scene.admin, "dev");
  expect((await ask("GET", settings)).status).toBe(403);
  expect((await ask("GET", getRecording, recordingId)).status).toBe(403);
  await setRole(scene.admin, "admin");
});

test("nobody is given a token for what their role has nothing of", async () => {
  const body = JSON.stringify({ name: "x", scopes: ["administer"], expires_in_days: 1 });
  expect(await problem(await inBrowser(scene.ana)("POST", make, { body }))).toBe("400 bad_request");
});

test("a token can neither make tokens nor change its user's account", async () => {
  const { token } = await newToken(scene.admin, ["read", "record", "delete", "administer"]);
  const ask = withToken(token);
  expect((await ask("POST", make)).status).toBe(403);
  expect((await ask("GET", listOwn)).status).toBe(403);
  expect((await ask("PATCH", changeAccount)).status).toBe(403);
});

test("a token that is wrong, expired or revoked, or whose user is disabled, is refused with a sentence that says which", async () => {
  const { db } = scene.services;
  const sentence = async (token: string) => {
    const response = await withToken(token)("GET", listRecordings);
    const { error } = (await response.json()) as { error: { message: string } };
    const challenge = response.headers.get("www-authenticate");
    return `${response.status} ${challenge} ${error.message.split(".")[0]}`;
  };
  const invalid = '401 Bearer error="invalid_token"';
  expect(await sentence("sortie_")).toBe(`${invalid} This is no token of Sortie’s`);
  expect(await sentence(`sortie_${"A".repeat(43)}`)).toBe(
    `${invalid} This token is not known here`,
  );

  const expired = await newToken(scene.bob, ["read"]);
  await db.apiToken.update({ where: { id: expired.id }, data: { expiresAt: new Date() } });
  expect(await sentence(expired.token)).toBe(`${invalid} This token has expired`);

  const revoked = await newToken(scene.bob, ["read"]);
  await inBrowser(scene.bob)("DELETE", revokeOwn, { id: revoked.id });
  expect(await sentence(revoked.token)).toBe(`${invalid} This token was revoked`);

  const disabled = await newToken(scene.bob, ["read"]);
  const where = { id: scene.bob.userId };
  await db.user.update({ where, data: { disabledAt: new Date() } });
  expect(await sentence(disabled.token)).toBe(`${invalid} The account of this token is disabled`);
  await db.user.update({ where, data: { disabledAt: null } });
  expect((await withToken(disabled.token)("GET", listRecordings)).status).toBe(200);
});

test("beside a token that does not hold, a cookie counts for nothing", async () => {
  const headers = { authorization: `Bearer sortie_${"B".repeat(43)}` };
  const response = await inBrowser(scene.ana)("GET", listRecordings, { headers });
  expect(response.status).toBe(401);
});

test("making, using and revoking tokens is in the audit trail with the token's name", async () => {
  const { db } = scene.services;
  const { recordingId } = await scene.start(scene.ana);
  const { id, token } = await newToken(scene.ana, ["delete"]);
  await withToken(token)("DELETE", deleteRecording, recordingId);
  await inBrowser(scene.ana)("DELETE", revokeOwn, { id });
  await inBrowser(scene.ana)("DELETE", revokeOwn, { id });
  const events = await db.auditEvent.findMany({
    where: { OR: [{ targetId: id }, { targetId: recordingId, action: "recording.delete" }] },
    orderBy: { id: "asc" },
  });
  expect(events.map(({ action, actorName, detail }) => ({ action, actorName, detail }))).toEqual([
    {
      ...{ action: "token.create", actorName: "ana" },
      detail: expect.objectContaining({ name: "backup script", scopes: "delete" }) as object,
    },
    {
      ...{ action: "recording.delete", actorName: "ana" },
      detail: expect.objectContaining({ by_token: "backup script", by_token_id: id }) as object,
    },
    {
      ...{ action: "token.revoke", actorName: "ana" },
      detail: { name: "backup script", owner_id: scene.ana.userId },
    },
  ]);
});

test("an administrator sees and revokes a user's tokens; nobody else touches another's", async () => {
  const { id, token } = await newToken(scene.ana, ["read"]);
  const asBob = inBrowser(scene.bob);
  expect((await asBob("GET", listOf, { id: scene.ana.userId })).status).toBe(403);
  expect(await problem(await asBob("DELETE", revokeOwn, { id }))).toBe("404 not_found");
  const asAdmin = inBrowser(scene.admin);
  const listed = await (await asAdmin("GET", listOf, { id: scene.ana.userId })).text();
  expect(listed).toContain(id);
  expect((await asAdmin("DELETE", revokeAny, { id })).status).toBe(204);
  expect((await withToken(token)("GET", listRecordings)).status).toBe(401);
});

test("the last use is noted, and not again within a minute", async () => {
  const { db } = scene.services;
  const { id, token } = await newToken(scene.ana, ["read"]);
  const lastUse = async () => (await db.apiToken.findUniqueOrThrow({ where: { id } })).lastUsedAt;
  expect(await lastUse()).toBeNull();
  await withToken(token)("GET", listRecordings);
  const first = await lastUse();
  expect(first).not.toBeNull();
  await withToken(token)("GET", listRecordings);
  expect(await lastUse()).toEqual(first);
  const longAgo = new Date(Date.now() - 61_000);
  await db.apiToken.update({ where: { id }, data: { lastUsedAt: longAgo } });
  await withToken(token)("GET", listRecordings);
  expect((await lastUse())!.getTime()).toBeGreaterThan(longAgo.getTime());
});

test("a network that guesses is told to wait, while one that holds a token goes on, and so does one wrong script", async () => {
  const ip = "198.51.100.7";
  const { token } = await newToken(scene.ana, ["read"]);
  const statusOf = async (secret: string, from = ip) =>
    (await withToken(secret, from)("GET", listRecordings)).status;
  const guess = (index: number) => `sortie_${String(index).padStart(43, "x")}`;
  for (let again = 0; again < 30; again += 1) expect(await statusOf(guess(0))).toBe(401);
  expect(await statusOf(token)).toBe(200);
  for (let index = 1; index < 20; index += 1) expect(await statusOf(guess(index))).toBe(401);
  const refused = await withToken(guess(20), ip)("GET", listRecordings);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await statusOf(token)).toBe(200);
  expect(await statusOf(guess(20), "198.51.100.8")).toBe(401);
});

test("a recording is sent with a token as with a cookie", async () => {
  const { recordingId } = await scene.start(scene.ana);
  const ask = withToken((await newToken(scene.ana, ["record"])).token);
  const tus = { "tus-resumable": "1.0.0" };
  expect((await ask("HEAD", uploadHead, recordingId, tus)).status).toBe(200);
  const patch = { ...tus, "upload-offset": "5", "content-type": "application/offset+octet-stream" };
  expect((await ask("PATCH", uploadPatch, recordingId, patch)).status).toBe(409);
  const reading = withToken((await newToken(scene.ana, ["read"])).token);
  expect((await reading("PATCH", uploadPatch, recordingId, patch)).status).toBe(403);
});

test("a broken token is refused, although the cookies beside it were good a moment ago", async () => {
  const { recordingId: id } = await scene.start(scene.ana);
  const headers = {
    ...(await signedIn(scene.services, scene.ana)),
    ...{ "tus-resumable": "1.0.0", "upload-offset": "5" },
    "content-type": "application/offset+octet-stream",
  };
  const send = (more: Record<string, string>) =>
    inBrowser(scene.ana)("PATCH", uploadPatch, { as: null, id, headers: { ...headers, ...more } });
  expect((await send({})).status).toBe(409);
  expect((await send({ authorization: "Bearer not one word" })).status).toBe(401);
});
