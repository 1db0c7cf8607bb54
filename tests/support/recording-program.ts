import type { RecordingJson } from "@/lib/recordings/recording-schema";
import type { Product } from "./product";

/** A signed-in program that sends recordings to a product, as no page of ours would. */
export interface RecordingProgram {
  readonly cookie: string;
  /** A running session that exists in the database alone; returns its id. */
  newSession(): Promise<string>;
  /** A live recording of a new session; `url` is where its bytes go. */
  start(): Promise<StartedRecording>;
  get(id: string): Promise<RecordingJson>;
  /** A finished recording's bytes. */
  download(id: string): Promise<Uint8Array>;
}

export interface StartedRecording {
  readonly id: string;
  readonly sessionId: string;
  readonly url: string;
}

export async function recordingProgram(
  product: Product,
  username: string,
): Promise<RecordingProgram> {
  const cookie = await product.signIn(await product.addUser(username));
  const { id: userId } = await product.db.user.findUniqueOrThrow({ where: { username } });
  const ask = async (path: string, method = "GET") => {
    const answer = await fetch(`${product.url}${path}`, { method, headers: { cookie } });
    if (answer.ok) return answer;
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const newSession = async () => {
    const running = { status: "running", startedAt: new Date(), provider: "local" } as const;
    const data = { appId: "desktop", userId, ...running };
    return (await product.db.session.create({ data, select: { id: true } })).id;
  };
  return {
    cookie,
    newSession,
    start: async () => {
      const sessionId = await newSession();
      const answer = await ask(`/api/sessions/${sessionId}/recording/start`, "POST");
      const started = (await answer.json()) as { recording_id: string; upload_url: string };
      return { id: started.recording_id, sessionId, url: `${product.url}${started.upload_url}` };
    },
    get: async (id) => (await (await ask(`/api/recordings/${id}`)).json()) as RecordingJson,
    download: async (id) =>
      new Uint8Array(await (await ask(`/api/recordings/${id}/download`)).arrayBuffer()),
  };
}
