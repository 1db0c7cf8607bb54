import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { RecordingEndpoint } from "./recording-endpoint";

const PAGE = `<!doctype html><meta charset="utf-8"><title>Recorder</title><link rel="icon" href="data:,">
<script type="module" src="/lab.js"></script>`;

/** A worker's script is asked for by the name of its source. */
const ENTRIES = {
  "/lab.js": "tests/support/recorder-lab-page.ts",
  "/clock-worker.ts": "lib/recorder/clock-worker.ts",
  "/spool-worker.ts": "lib/recorder/spool-worker.ts",
};

const WITHOUT_FILE_SYSTEM =
  "StorageManager.prototype.getDirectory = () => Promise.reject(new Error('private window'));";

/** `lib/recorder` alone in a page, with a recording endpoint behind it, on loopback. */
export class RecorderLab {
  /** True: pages have no private file system, as in some private windows. */
  isPrivate = false;

  private constructor(
    private readonly scripts: ReadonlyMap<string, string>,
    private readonly server: Server,
    /** A new one forgets what the one before it received. */
    public endpoint: RecordingEndpoint,
  ) {
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.serve(request, response);
    });
  }

  static async start(): Promise<RecorderLab> {
    const scripts = Object.entries(ENTRIES).map(async ([path, entry]) => {
      const bundle = { bundle: true, write: false, format: "esm" } as const;
      const { outputFiles } = await build({ ...bundle, entryPoints: [entry] });
      return [path, outputFiles[0]?.text ?? ""] as const;
    });
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RecorderLab(new Map(await Promise.all(scripts)), server, new RecordingEndpoint());
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "/";
    const script = this.scripts.get(path);
    if (script !== undefined) {
      const prelude = this.isPrivate && path === "/spool-worker.ts" ? WITHOUT_FILE_SYSTEM : "";
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(prelude + script);
    } else if (path.startsWith("/api/")) {
      void this.endpoint.handle(request, response);
    } else {
      response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    }
  }
}
