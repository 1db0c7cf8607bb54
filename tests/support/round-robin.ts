import { createServer, request } from "node:http";
import { pipeline } from "node:stream";
import { listen } from "@/lib/http/http-server";

/** A proxy as operators put in front of several servers: each request goes to the next one. */
export async function roundRobin(
  origins: readonly string[],
): Promise<{ readonly url: string; readonly counts: readonly number[]; close(): void }> {
  const counts = origins.map(() => 0);
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const index = turn++ % origins.length;
    counts[index] = (counts[index] ?? 0) + 1;
    const { method, headers, url = "/" } = incoming;
    const forwarded = request(new URL(url, origins[index]), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, outgoing, () => undefined);
    });
    pipeline(incoming, forwarded, (error) => {
      if (error) outgoing.destroy();
    });
  });
  const { port } = await listen(server, { port: 0, host: "127.0.0.1" });
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, counts, close };
}
