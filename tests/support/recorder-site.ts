import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";

const PAGE = `<!doctype html><meta charset="utf-8"><title>Recorder</title><link rel="icon" href="data:,">
<script type="module" src="/lab.js"></script>`;

/** A worker's script is asked for by the name of its source. */
const ENTRIES = {
  "/lab.js": "tests/support/recorder-lab-page.ts",
  "/clock-worker.ts": "lib/recorder/clock-worker.ts",
  "/spool-worker.ts": "lib/recorder/spool-worker.ts",
};

/** `lib/recorder` alone in a page of its own origin, on loopback. */
export interface RecorderSite {
  readonly port: number;
  readonly close: () => Promise<void>;
}

interface SiteOptions {
  /** Answers what the recorder asks the product. */
  readonly api: RequestListener;
  /** Script to run before one of the page's own. */
  readonly preludeOf?: (path: string) => string;
}

export async function serveRecorder({
  api,
  preludeOf = () => "",
}: SiteOptions): Promise<RecorderSite> {
  const scripts = new Map(await Promise.all(Object.entries(ENTRIES).map(bundled)));
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const script = scripts.get(path);
    if (script !== undefined) {
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(preludeOf(path) + script);
    } else if (path.startsWith("/api/")) {
      api(request, response);
    } else {
      response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function bundled([path, entry]: [string, string]): Promise<[string, string]> {
  const options = { bundle: true, write: false, format: "esm" } as const;
  const { outputFiles } = await build({ ...options, entryPoints: [entry] });
  return [path, outputFiles[0]?.text ?? ""];
}
