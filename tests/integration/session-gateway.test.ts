import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { Services } from "@/lib/composition/services";
import { NOTES_PROTOCOL, sessionNoteSchema } from "@/lib/gateway/session-note";
import type { GatewayTimes } from "@/lib/gateway/viewer";
import { endSession } from "@/lib/sessions/end-session";
import { issueTicket, TICKET_LIFETIME_MS } from "@/lib/sessions/issue-ticket";
import { updateUser } from "@/lib/users/update-user";
import { canRunDesktops } from "../support/desktop-requirements";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { changedPixels, pixelsOf } from "../support/rfb-client";
import {
  launch,
  openViewer,
  type SessionServer,
  startSessionServer,
  untilSession,
  useOwnTemporaryDirectory,
  watch,
  withLimits,
} from "../support/session-scene";

const removeTemporaryDirectory = useOwnTemporaryDirectory();
let scene: RecordingScene;
let servers: SessionServer[] = [];
beforeAll(async () => {
  scene = await createRecordingScene();
});
afterEach(async () => {
  for (const server of servers) await server.close();
  servers = [];
  await scene.services.db.user.updateMany({ data: { disabledAt: null } });
});
afterAll(async () => {
  await scene.close();
  removeTemporaryDirectory();
});

async function serve(
  times: Partial<GatewayTimes> = {},
  services: Services = scene.services,
): Promise<SessionServer> {
  const server = await startSessionServer(services, times);
  servers.push(server);
  return server;
}

const HOUR_MS = 3_600_000;
const TERMINAL = 0x12161d;

describe.skipIf(!canRunDesktops)("a viewer", () => {
  test("sees the desktop and types on it, from two tabs at once", async () => {
    const server = await serve();
    const session = await launch(scene.services, scene.ana);
    const [first, second] = [
      await watch(server, scene.ana, session.id),
      await watch(server, scene.ana, session.id),
    ];
    const before = await second.screen.untilPicture(
      (picture) => pixelsOf(picture, TERMINAL) > 100_000,
    );
    first.screen.type("seq 1 40\n");
    await second.screen.untilPicture((picture) => changedPixels(before, picture) > 2_000);
    await first.screen.untilPicture((picture) => changedPixels(before, picture) > 2_000);
    first.screen.close();
    second.screen.type("clear\n");
    await second.screen.untilPicture((picture) => changedPixels(before, picture) < 2_000);
  });

  test("gets in once with a ticket, even when it is used twice at the same moment", async () => {
    const server = await serve();
    const session = await launch(scene.services, scene.ana);
    const { ticket } = await issueTicket(scene.services, scene.ana, session.id);
    const viewers = [
      openViewer(server, session.id, ticket),
      openViewer(server, session.id, ticket),
    ];
    const greeted = viewers.map(
      ({ webSocket }) =>
        new Promise<string>((resolve) => webSocket.once("message", () => resolve("in"))),
    );
    const outcomes = await Promise.all(
      viewers.map(({ closed }, index) => Promise.race([closed, greeted[index]!])),
    );
    expect(outcomes.map(String).toSorted()).toEqual(["4401", "in"]);
    expect(await openViewer(server, session.id, ticket).closed).toBe(4401);
  });

  test.each(["of another session", "that is too old", "that was made up"])(
    "does not get in with a ticket %s",
    async (kind) => {
      const server = await serve();
      const session = await launch(scene.services, scene.ana);
      const other = await launch(scene.services, scene.ana);
      const now = () => new Date(Date.now() - TICKET_LIFETIME_MS - 1);
      const tickets: Record<string, () => Promise<string>> = {
        "of another session": async () =>
          (await issueTicket(scene.services, scene.ana, other.id)).ticket,
        "that is too old": async () =>
          (await issueTicket({ ...scene.services, now }, scene.ana, session.id)).ticket,
        "that was made up": () => Promise.resolve("A".repeat(43)),
      };
      const viewer = openViewer(server, session.id, await tickets[kind]!());
      expect(await viewer.closed).toBe(4401);
    },
  );

  test("of somebody else's session gets no ticket, administrator or not", async () => {
    await serve();
    const session = await launch(scene.services, scene.ana);
    for (const stranger of [scene.bob, scene.admin]) {
      await expect(issueTicket(scene.services, stranger, session.id)).rejects.toMatchObject({
        code: "forbidden",
      });
    }
  });

  test.each([
    ["another site's page", "http://evil.example"],
    ["no page at all", ""],
  ])("is refused when it comes from %s, and its ticket stays good", async (_name, origin) => {
    const server = await serve();
    const session = await launch(scene.services, scene.ana);
    const { ticket } = await issueTicket(scene.services, scene.ana, session.id);
    const { webSocket } = openViewer(server, session.id, ticket, { origin });
    const status = await new Promise<number | undefined>((resolve) => {
      webSocket.once("unexpected-response", (_request, response) => resolve(response.statusCode));
    });
    expect(status).toBe(403);
    webSocket.on("error", () => undefined).terminate();
    const own = openViewer(server, session.id, ticket).webSocket;
    await new Promise((resolve) => own.once("message", resolve));
  });

  test("is told that the session ended, and the desktop is gone", async () => {
    const server = await serve();
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    await endSession(scene.services, scene.ana, CLIENT, session.id);
    expect(await viewer.closed).toBe(4409);
    expect(await scene.services.provider.isAlive(session.providerRef!)).toBe(false);
    await expect(issueTicket(scene.services, scene.ana, session.id)).rejects.toMatchObject({
      code: "session_not_running",
    });
  });

  test("is told that nobody used the session, though it watched all the time", async () => {
    const server = await serve({}, withLimits(scene.services, { idleTimeoutMs: 1_000 }));
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    await viewer.screen.picture();
    expect(await viewer.closed).toBe(4408);
    expect(
      await untilSession(scene.services, session.id, ({ endedAt }) => endedAt !== null),
    ).toMatchObject({
      status: "ended",
      closeReason: "idle",
    });
  });

  test("hears ahead that nobody uses the session, and that somebody does again", async () => {
    const server = await serve(
      { recheckEveryMs: 100, noteUseEveryMs: 0 },
      withLimits(scene.services, { idleTimeoutMs: 6_000 }),
    );
    const session = await launch(scene.services, scene.ana);
    const typist = await watch(server, scene.ana, session.id);
    await typist.screen.picture();
    const { ticket } = await issueTicket(scene.services, scene.ana, session.id);
    const protocols = [NOTES_PROTOCOL];
    const { webSocket } = openViewer(server, session.id, ticket, { protocols });
    const ends: (string | null)[] = [];
    webSocket.on("message", (data: Buffer, isBinary) => {
      const note = isBinary ? null : sessionNoteSchema.parse(JSON.parse(data.toString()));
      if (note?.about === "end") ends.push(note.end?.reason ?? null);
    });
    await expect.poll(() => ends, { timeout: 8_000, interval: 20 }).toEqual([null, "idle"]);
    typist.screen.type("a");
    await expect.poll(() => ends, { timeout: 8_000, interval: 20 }).toEqual([null, "idle", null]);
  });

  test("who types keeps the session in use", async () => {
    const server = await serve(
      { noteUseEveryMs: 0 },
      withLimits(scene.services, { idleTimeoutMs: HOUR_MS }),
    );
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    const opened = await untilSession(
      scene.services,
      session.id,
      ({ lastUsedAt }) => lastUsedAt > session.lastUsedAt,
    );
    await viewer.screen.picture();
    viewer.screen.type("a");
    await untilSession(
      scene.services,
      session.id,
      ({ lastUsedAt }) => lastUsedAt > opened.lastUsedAt,
    );
  });

  test("is told that the longest time is over", async () => {
    const server = await serve({}, withLimits(scene.services, { maxDurationMs: 1_500 }));
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    expect(await viewer.closed).toBe(4410);
  });

  test("whose account is disabled is cut off, and the session ends", async () => {
    const server = await serve();
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    await scene.services.db.user.update({
      where: { id: scene.ana.userId },
      data: { disabledAt: new Date() },
    });
    expect(await viewer.closed).toBe(4403);
    expect(
      await untilSession(scene.services, session.id, ({ endedAt }) => endedAt !== null),
    ).toMatchObject({
      closeReason: "user_disabled",
    });
  });

  test("is cut off when all sign-ins of the user end, and a ticket from before lets nobody in", async () => {
    const server = await serve({ recheckEveryMs: 50 });
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    const { ticket } = await issueTicket(scene.services, scene.ana, session.id);
    const by = { actor: scene.admin, client: CLIENT };
    await updateUser(scene.services, by, scene.ana.userId, { password: "another good password" });
    expect(await viewer.closed).toBe(4401);
    expect(await openViewer(server, session.id, ticket).closed).toBe(4401);
    const again = await watch(server, scene.ana, session.id);
    await again.screen.picture();
  });

  test("is cut off by the gateway alone where the session's host is late", async () => {
    const server = await serve({ recheckEveryMs: 50 });
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    await scene.services.db.session.update({
      where: { id: session.id },
      data: { status: "ended", closeReason: "admin_ended", endedAt: new Date() },
    });
    expect(await viewer.closed).toBe(4409);
  });

  test("is told to come back when the server stops", async () => {
    const server = await serve();
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    await server.gateway.close();
    expect(await viewer.closed).toBe(1012);
    await server.host.close();
    expect(
      await untilSession(scene.services, session.id, ({ endedAt }) => endedAt !== null),
    ).toMatchObject({
      closeReason: "server_restarted",
    });
  });

  test("that vanished without a word is let go", async () => {
    const server = await serve({ pingEveryMs: 100 });
    const session = await launch(scene.services, scene.ana);
    const { ticket } = await issueTicket(scene.services, scene.ana, session.id);
    const silent = openViewer(server, session.id, ticket, { autoPong: false });
    expect(await silent.closed).toBe(1006);
  });

  test("that only watches answers pings, and stays", async () => {
    const server = await serve({ pingEveryMs: 1_000 });
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    const pings = vi.fn();
    viewer.webSocket.on("ping", pings);
    await vi.waitFor(() => expect(pings.mock.calls.length).toBeGreaterThan(2), { timeout: 20_000 });
    await viewer.screen.picture();
  });

  test("that speaks text is sent away", async () => {
    const server = await serve();
    const session = await launch(scene.services, scene.ana);
    const viewer = await watch(server, scene.ana, session.id);
    viewer.webSocket.send("hello");
    expect(await viewer.closed).toBe(1003);
  });
});

test("an upgrade that is not for the gateway is refused", async () => {
  const server = await serve();
  for (const path of ["/_next/hmr", "/gateway/sessions/1", "/gateway/sessions/../x"]) {
    const webSocket = new WebSocket(`ws://${server.address}${path}`, {
      origin: `http://${server.address}`,
    });
    const status = await new Promise<number | undefined>((resolve) => {
      webSocket.once("unexpected-response", (_request, { statusCode }) => resolve(statusCode));
    });
    expect(status).toBe(404);
    webSocket.on("error", () => undefined).terminate();
  }
});
