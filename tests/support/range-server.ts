import { createReadStream, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface RangeServer {
  /** `http://127.0.0.1:<port>`; any path that is no file answers an empty page. */
  readonly origin: string;
  /** Ranges asked for since the start. */
  readonly requests: () => number;
  close(): Promise<void>;
}

/** Serves files by name with single ranges, on loopback, so that a browser can seek in them. */
export async function serveRanges(files: Readonly<Record<string, string>>): Promise<RangeServer> {
  let requests = 0;
  const server: Server = createServer((request, response) => {
    const path = files[(request.url ?? "/").slice(1).split("?")[0] ?? ""];
    if (path === undefined) {
      response.setHeader("content-type", "text/html").end("<!doctype html><title>files</title>");
      return;
    }
    requests += 1;
    const size = statSync(path).size;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from ?? 0);
    const end = to ? Math.min(Number(to), size - 1) : size - 1;
    response.writeHead(from === undefined ? 200 : 206, {
      "content-type": path.endsWith(".mp4") ? "video/mp4" : "video/webm",
      "accept-ranges": "bytes",
      "content-length": end - start + 1,
      ...(from === undefined ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
    });
    const stream = createReadStream(path, { start, end });
    stream.pipe(response);
    response.on("close", () => stream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
