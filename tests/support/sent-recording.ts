import type { Page } from "playwright-core";
import type { Database } from "@/lib/db/database";

/** A recording made over the wire by a signed-in page, piece by piece. */
export interface SentRecording {
  readonly id: string;
  /** Sends the next bytes of the stream; `last` announces its length with them. */
  send(bytes: Uint8Array, last?: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a recording of a session that exists in the database alone. `page` must be signed in. */
export async function startSentRecording(
  page: Page,
  db: Database,
  username: string,
): Promise<SentRecording> {
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { username } });
  const session = await db.session.create({
    data: { appId: "desktop", userId, provider: "local", status: "running", startedAt: new Date() },
  });
  const path = `/api/sessions/${session.id}/recording`;
  const { recording_id: id, upload_url: url } = await sendJson(page, `${path}/start`, {});
  let offset = 0;
  return {
    id: String(id),
    send: async (bytes, last = false) => {
      const length = last ? { "Upload-Length": String(offset + bytes.length) } : {};
      await patch(page, String(url), bytes, { "Upload-Offset": String(offset), ...length });
      offset += bytes.length;
    },
    stop: async () => {
      await sendJson(page, `${path}/stop`, { recording_id: id });
    },
  };
}

async function sendJson(
  page: Page,
  path: string,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  return await page.evaluate(
    async ([address, json]) => {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(address, { method: "POST", headers, body: json });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    },
    [path, JSON.stringify(body)] as const,
  );
}

async function patch(
  page: Page,
  url: string,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  await page.evaluate(
    async ([address, base64, extra]) => {
      const body = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const type = { "Content-Type": "application/offset+octet-stream" };
      const version = { "Tus-Resumable": "1.0.0" };
      const response = await fetch(address, {
        method: "PATCH",
        headers: { ...version, ...type, ...extra },
        body,
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    },
    [url, Buffer.from(bytes).toString("base64"), headers] as const,
  );
}
