import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as exportAudit } from "@/app/api/admin/audit/export/route";
import { GET as listAudit } from "@/app/api/admin/audit/route";
import { type AuditEvent, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { ListedAuditEventJson } from "@/lib/audit/audit-event-schema";
import { provideServices } from "@/lib/composition/services";
import { insertAuditEvents } from "../support/audit-rows";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { problem, type RouteClient, routeClient } from "../support/route-client";

let scene: RecordingScene;
let ask: RouteClient;
let recordingId: string;

beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
  ask = routeClient(scene.services, scene.admin);
  ({ recordingId } = await scene.start(scene.ana));
  const view = {
    action: "recording.view",
    target: { type: "recording", id: recordingId },
  } as const;
  await note({ ...view, actor: scene.admin });
  await note({ ...view, actor: scene.bob, action: "recording.download" });
  const nobody = { userId: null, username: "=cmd|' /C calc'!A0" };
  await note({ action: "user.sign_in_failed", actor: nobody, detail: { reason: "50%_wrong" } });
});
afterAll(() => scene.close());

function note(event: Omit<AuditEvent, "client">): Promise<void> {
  return recordAuditEvent(scene.services.db, { client: CLIENT, ...event });
}

async function list(query = ""): Promise<ListedAuditEventJson[]> {
  const response = await ask("GET", listAudit, { query });
  expect(response.status).toBe(200);
  return (await response.json()) as ListedAuditEventJson[];
}
const lines = (events: readonly ListedAuditEventJson[]) =>
  events.map(({ actor_name, action }) => `${actor_name} ${action}`);

test("an administrator reads who did what, on what, when and from where, newest first", async () => {
  const [failed, download, view] = await list();
  expect(view).toMatchObject({
    actor_id: scene.admin.userId,
    actor_name: "root",
    action: "recording.view",
    summary: "Watched a recording",
    target_type: "recording",
    target_id: recordingId,
    target_name: expect.stringMatching(/^Desktop .*\.webm$/) as unknown,
    ip: CLIENT.ip,
    user_agent: CLIENT.userAgent,
    created_at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
  });
  expect(lines([download!])).toEqual(["bob recording.download"]);
  expect(failed).toMatchObject({ actor_id: null, detail: { reason: "50%_wrong" } });
});

test.each([
  ["a person", "actor=bob", ["bob recording.download"]],
  ["an action", "action=recording.view", ["root recording.view"]],
  [
    "several actions",
    "action=recording.start,recording.view",
    ["root recording.view", "ana recording.start"],
  ],
  ["an action named twice", "action=recording.view,recording.view", ["root recording.view"]],
  [
    "a target",
    "target_type=recording&target_id=RECORDING",
    ["bob recording.download", "root recording.view", "ana recording.start"],
  ],
  ["a time that is to come", "from=2200-01-01", []],
  ["a time before it all", "to=2020-01-01T00:00:00Z", []],
  ["part of a name, whatever its case", "q=BO&actor=bob", ["bob recording.download"]],
  ["the target's id and a name", "q=bob+RECORDING", ["bob recording.download"]],
  ["the beginning of an id, in capitals", "q=bob+BEGINNING", ["bob recording.download"]],
  ["a word of the details", "q=50%25_wr", [`=cmd|' /C calc'!A0 user.sign_in_failed`]],
  ["the name of a detail, which every event of its kind has", "q=reason", []],
  [
    "signs that mean something to a database",
    "q=50%25_w",
    [`=cmd|' /C calc'!A0 user.sign_in_failed`],
  ],
  ["what nobody did", "q=nothing+like+that", []],
] as const)("the trail is filtered by %s", async (_, query, expected) => {
  const beginning = recordingId.slice(0, 13).toUpperCase();
  const asked = query.replace("RECORDING", recordingId).replace("BEGINNING", beginning);
  expect(lines(await list(`?${asked}`))).toEqual(expected);
});

test("pages are linked, and each begins where the one before ended", async () => {
  const all = await list();
  const first = await ask("GET", listAudit, { query: "?limit=2" });
  const [, next = ""] = /<([^>]*)>; rel="next"/.exec(first.headers.get("link") ?? "") ?? [];
  const second = await list(next.slice(next.indexOf("?")));
  const walked = [...((await first.json()) as ListedAuditEventJson[]), ...second];
  expect(walked).toEqual(all.slice(0, 4));
});

test.each(["action=recording.levitate", "from=yesterday", "cursor=x", "format=xlsx", "q=a%00b"])(
  "%s is refused in words",
  async (query) => {
    const handler = query.startsWith("format") ? exportAudit : listAudit;
    expect(await problem(await ask("GET", handler, { query: `?${query}` }))).toBe(
      "400 bad_request",
    );
  },
);

test("a user may neither read the trail nor take it out", async () => {
  for (const handler of [listAudit, exportAudit]) {
    const answer = await ask("GET", handler, { as: scene.ana, query: "?format=csv" });
    expect(await problem(answer)).toBe("403 forbidden");
  }
});

test("the export as CSV has what matches, runs in no spreadsheet, and is itself in the trail", async () => {
  const query = "?format=csv&action=user.sign_in_failed,audit.export";
  const response = await ask("GET", exportAudit, { query });
  expect(response.headers.get("content-type")).toContain("text/csv");
  expect(response.headers.get("content-disposition")).toMatch(/filename="audit-.*\.csv"/);
  const [header, own, failed] = (await response.text()).split("\r\n");
  expect(header).toBe(
    "id,time,actor,actor_id,action,summary,target_type,target_id,ip,user_agent,detail",
  );
  expect(own).toContain(`,root,${scene.admin.userId},audit.export,Exported the audit trail,`);
  expect(failed).toContain(",'=cmd|' /C calc'!A0,,user.sign_in_failed,Failed to sign in,");
  const [event] = await list("?action=audit.export");
  expect(event).toMatchObject({
    actor_name: "root",
    detail: { format: "csv", actions: "user.sign_in_failed,audit.export" },
  });
});

test("the export as JSON lines has every event once, however many there are", async () => {
  await insertAuditEvents(scene.services.db, 2_500);
  const response = await ask("GET", exportAudit, { query: "?format=jsonl" });
  expect(response.headers.get("content-type")).toContain("application/jsonl");
  const exported = (await response.text())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly id: string });
  expect(exported).toHaveLength(await scene.services.db.auditEvent.count());
  expect(new Set(exported.map(({ id }) => id)).size).toBe(exported.length);
});
