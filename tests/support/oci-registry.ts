import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { type Deferred, deferred } from "./deferred";

const indexSchema = z.object({
  manifests: z.tuple([z.object({ mediaType: z.string(), digest: z.string() })]),
});
const manifestSchema = z.object({ layers: z.array(z.object({ digest: z.string() })) });

/** A registry on the loopback interface that has one image. */
export interface OciRegistry {
  /** The name of its image, as an engine is asked for it. */
  readonly image: string;
  /** From now on the image's last layer stops in its middle until `goOn`; resolves once it does. */
  holdBack(): Promise<null>;
  goOn(): void;
  /** Cuts all connections, in the middle of what they bring, and takes no more. */
  vanish(): Promise<void>;
}

/**
 * Serves an image out of a directory in OCI's layout (`podman save --format=oci-dir`) by plain HTTP, as the OCI
 * distribution specification says: `/v2/`, manifests by tag and digest, blobs also in ranges, errors with their codes.
 */
export async function startRegistry(directory: string, name: string): Promise<OciRegistry> {
  const index = JSON.parse(await readFile(join(directory, "index.json"), "utf8")) as unknown;
  const [{ mediaType, digest: manifest }] = indexSchema.parse(index).manifests;
  const content = JSON.parse(String(await blobOf(directory, manifest))) as unknown;
  const lastLayer = manifestSchema.parse(content).layers.at(-1)?.digest;
  const gate = newGate();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    if (url === "/v2/") {
      response.end("{}");
      return;
    }
    const [, asked, kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    if (asked !== name) {
      refuse(response, "NAME_UNKNOWN", "repository name not known");
      return;
    }
    const isManifest = kind === "manifests";
    const digest = isManifest && reference === "latest" ? manifest : reference;
    const bytes = await blobOf(directory, digest);
    if (bytes === null) {
      refuse(response, "MANIFEST_UNKNOWN", "manifest unknown");
      return;
    }
    response.setHeader("Docker-Content-Digest", digest);
    response.setHeader("Content-Type", isManifest ? mediaType : "application/octet-stream");
    const part = partOf(request, bytes, response);
    response.setHeader("Content-Length", part.length);
    if (method === "HEAD") response.end();
    else if (digest === lastLayer) await gate.send(response, part);
    else response.end(part);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    image: `127.0.0.1:${port}/${name}:latest`,
    ...{ holdBack: gate.holdBack, goOn: gate.goOn },
    vanish: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Lets answers through, or holds each back in its middle. */
function newGate() {
  let held: Deferred<null> | null = null;
  let opened = deferred<null>();
  opened.resolve(null);
  return {
    holdBack: (): Promise<null> => {
      opened = deferred();
      held = deferred();
      return held.promise;
    },
    goOn: () => opened.resolve(null),
    send: async (response: ServerResponse, bytes: Buffer): Promise<void> => {
      const middle = Math.floor(bytes.length / 2);
      response.write(bytes.subarray(0, middle));
      held?.resolve(null);
      await opened.promise;
      response.end(bytes.subarray(middle));
    },
  };
}

async function blobOf(directory: string, digest: string): Promise<Buffer | null> {
  const [, hash] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  if (hash === undefined) return null;
  return readFile(join(directory, "blobs", "sha256", hash)).catch(() => null);
}

/** What a `Range` of the form `bytes=first-` or `bytes=first-last` asks for, else all of it. */
function partOf({ headers }: IncomingMessage, bytes: Buffer, response: ServerResponse): Buffer {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  if (first === undefined) return bytes;
  const end = last ? Math.min(Number(last), bytes.length - 1) : bytes.length - 1;
  response.statusCode = 206;
  response.setHeader("Content-Range", `bytes ${first}-${end}/${bytes.length}`);
  return bytes.subarray(Number(first), end + 1);
}

function refuse(response: ServerResponse, code: string, message: string): void {
  response.writeHead(404, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}
