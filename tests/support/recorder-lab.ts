import { RecordingEndpoint } from "./recording-endpoint";
import { type RecorderSite, serveRecorder } from "./recorder-site";

const WITHOUT_FILE_SYSTEM =
  "StorageManager.prototype.getDirectory = () => Promise.reject(new Error('private window'));";

/** `lib/recorder` alone in a page, with a recording endpoint behind it, on loopback. */
export class RecorderLab {
  /** True: pages have no private file system, as in some private windows. */
  isPrivate = false;
  /** A new one forgets what the one before it received. */
  endpoint = new RecordingEndpoint();
  private site!: RecorderSite;

  private constructor() {}

  static async start(): Promise<RecorderLab> {
    const lab = new RecorderLab();
    lab.site = await serveRecorder({
      api: (request, response) => void lab.endpoint.handle(request, response),
      preludeOf: (path) =>
        lab.isPrivate && path === "/spool-worker.ts" ? WITHOUT_FILE_SYSTEM : "",
    });
    return lab;
  }

  get url(): string {
    return `http://127.0.0.1:${this.site.port}/`;
  }

  close(): Promise<void> {
    return this.site.close();
  }
}
