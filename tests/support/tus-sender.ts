import type { Database } from "@/lib/db/database";
import type { Credentials, Product } from "./product";

/** A recording that is sent to the product over HTTP, as tus 1.0.0 says. */
export interface TusSender {
  readonly id: string;
  readonly sessionId: string;
  /** Sends bytes of the stream from `offset` on; `uploadLength` announces how long it is. */
  send(offset: number, bytes: Uint8Array, uploadLength?: number): Promise<Response>;
  /** What the server says it has. */
  offset(): Promise<number>;
}

/** Signs in and starts a recording of a session that exists in the database alone, through `origin`. */
export async function startTusSender(
  product: Product,
  who: Credentials,
  origin = product.url,
): Promise<TusSender> {
  const headers = { cookie: await product.signIn(who), origin };
  const sessionId = await addSession(product.db, who.username);
  const started = await fetch(`${origin}/api/sessions/${sessionId}/recording/start`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: "{}",
  });
  if (!started.ok) throw new Error(`${started.status} ${await started.text()}`);
  const answer = (await started.json()) as { recording_id: string; upload_url: string };
  const url = new URL(answer.upload_url, origin);
  const tus = { ...headers, "tus-resumable": "1.0.0" };
  return {
    id: answer.recording_id,
    sessionId,
    send: (offset, bytes, uploadLength) =>
      fetch(url, {
        method: "PATCH",
        headers: {
          ...tus,
          "content-type": "application/offset+octet-stream",
          "upload-offset": String(offset),
          ...(uploadLength === undefined ? {} : { "upload-length": String(uploadLength) }),
        },
        body: bytes as BodyInit,
      }),
    offset: async () => {
      const answered = await fetch(url, { method: "HEAD", headers: tus });
      return Number(answered.headers.get("upload-offset"));
    },
  };
}

async function addSession(db: Database, username: string): Promise<string> {
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { username } });
  const running = { status: "running", startedAt: new Date() } as const;
  const { id } = await db.session.create({
    data: { appId: "desktop", userId, provider: "local", ...running },
  });
  return id;
}
