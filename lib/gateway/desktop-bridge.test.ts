import type { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { bridgeDesktop } from "./desktop-bridge";

const MEBIBYTE = 1024 * 1024;
/** Many times what both connections' buffers in the operating system can hold. */
const TOTAL_BYTES = 96 * MEBIBYTE;
const WAIT = { timeout: 30_000 };

function* chunks(): Generator<Buffer> {
  const chunk = Buffer.alloc(MEBIBYTE / 2, 7);
  for (let sent = 0; sent < TOTAL_BYTES; sent += chunk.length) yield chunk;
}

const cleanups: (() => void)[] = [];
vi.setConfig({ testTimeout: 60_000 });
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A viewer and a desktop's far end, joined by the bridge over real sockets. */
async function joined() {
  const desktops = createNetServer();
  await new Promise<void>((resolve) => desktops.listen(0, "127.0.0.1", resolve));
  const accepted = new Promise<Socket>((resolve) => desktops.once("connection", resolve));
  const near = connect((desktops.address() as AddressInfo).port, "127.0.0.1");
  const desktop = await accepted;

  const http = createServer();
  const webSockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const served = new Promise<WebSocket>((resolve) => webSockets.once("connection", resolve));
  const viewer = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  const server = await served;
  await new Promise<void>((resolve) => viewer.once("open", () => resolve()));
  cleanups.push(
    () => desktops.close(),
    () => http.close(),
    () => desktop.destroy(),
    () => near.destroy(),
    () => viewer.terminate(),
  );
  const events = {
    onViewerBytes: vi.fn(),
    onProgress: vi.fn(),
    onDesktopEnd: vi.fn(),
    onText: vi.fn(),
  };
  bridgeDesktop(server, near, events);
  return { viewer, server, desktop, near, events };
}

/** The largest value of `measure` at any of the emitter's events. */
function largest(emitter: EventEmitter, event: string, measure: () => number): () => number {
  let most = 0;
  emitter.on(event, () => {
    most = Math.max(most, measure());
  });
  return () => most;
}

test("a viewer who stops reading stops the desktop's stream, and gets all of it later", async () => {
  const { viewer, server, desktop, near } = await joined();
  const mostHeld = largest(near, "data", () => server.bufferedAmount);
  viewer.pause();
  Readable.from(chunks()).pipe(desktop);
  await vi.waitFor(() => expect(near.isPaused()).toBe(true), WAIT);
  expect(near.bytesRead).toBeLessThan(TOTAL_BYTES / 2);

  let received = 0;
  viewer.on("message", (data: Buffer) => {
    received += data.length;
  });
  viewer.resume();
  await vi.waitFor(() => expect(received).toBe(TOTAL_BYTES), WAIT);
  expect(mostHeld()).toBeLessThan(2 * MEBIBYTE);
});

test("a desktop that stops reading stops the viewer's stream, and gets all of it later", async () => {
  const { viewer, server, desktop, near } = await joined();
  const mostHeld = largest(server, "message", () => near.writableLength);
  desktop.pause();
  for (const chunk of chunks()) viewer.send(chunk);
  await vi.waitFor(() => expect(server.isPaused).toBe(true), WAIT);
  expect(near.bytesWritten).toBeLessThan(TOTAL_BYTES / 2);

  let received = 0;
  desktop.on("data", (data: Buffer) => {
    received += data.length;
  });
  desktop.resume();
  await vi.waitFor(() => expect(received).toBe(TOTAL_BYTES), WAIT);
  expect(mostHeld()).toBeLessThan(2 * MEBIBYTE);
});

test("a viewer who goes takes the connection to the desktop along", async () => {
  const { viewer, desktop } = await joined();
  desktop.resume();
  const gone = new Promise((resolve) => desktop.once("close", resolve));
  viewer.close();
  await gone;
});

test("the end of the desktop is told once, and a text message at once", async () => {
  const { viewer, desktop, events } = await joined();
  viewer.send("text");
  await vi.waitFor(() => expect(events.onText).toHaveBeenCalledOnce());
  desktop.end();
  await vi.waitFor(() => expect(events.onDesktopEnd).toHaveBeenCalledOnce());
});
