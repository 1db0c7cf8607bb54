/**
 * The product's peers in receiving, each in a process of its own: `bare`, a server of `node:http` and
 * `pipeline` that makes each request durable; `form`, the same behind busboy; and `tus`, `@tus/server`
 * with its file store. Prints its port when it listens.
 */
import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import busboy from "busboy";
import type { PeerKind } from "./receivers";

const [kind = "", directory = ""] = process.argv.slice(2);

/** Appends the body, and answers when it is on the disk. */
const bare: RequestListener = (request, response) => {
  void (async () => {
    const path = join(directory, "bare.webm");
    await pipeline(request, createWriteStream(path, { flags: "a", mode: 0o600 }));
    const file = await open(path, "r+");
    await file.datasync();
    await file.close();
    response.writeHead(204).end();
  })();
};

/** Keeps a form's file, and answers when it is on the disk. */
const form: RequestListener = (request, response) => {
  const parser = busboy({ headers: request.headers });
  parser.on("file", (_, file) => {
    void (async () => {
      const path = join(directory, "form.webm");
      await pipeline(file, createWriteStream(path, { mode: 0o600 }));
      const stored = await open(path, "r+");
      await stored.datasync();
      await stored.close();
      response.writeHead(200).end();
    })();
  });
  request.pipe(parser);
};

function tus(): RequestListener {
  const server = new Server({ path: "/files", datastore: new FileStore({ directory }) });
  return (request, response) => void server.handle(request, response);
}

const LISTENERS: Readonly<Record<PeerKind, () => RequestListener>> = {
  bare: () => bare,
  form: () => form,
  tus,
};
const server = createServer(LISTENERS[kind as PeerKind]());
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
