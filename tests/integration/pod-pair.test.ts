import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { passwordSecret, sessionPod } from "@/lib/providers/kubernetes/session-pod";
import { newVncPassword } from "@/lib/providers/vnc-password";
import { startContainerEngine } from "../support/container-engine";
import { type PodOnPodman, runPod } from "../support/kubernetes/pod-on-podman";
import { changedPixels, RfbClient } from "../support/rfb-client";
import { desktopSpec } from "../support/session-specs";

const engine = await startContainerEngine();

const SETTINGS = {
  ...{ installationId: "one", maxDurationMs: 60_000, serviceAccount: undefined },
  ...{ imagePullSecrets: [], nodeSelector: {}, runtimeClass: undefined },
};

describe.skipIf(engine === null)("an app without a VNC server, beside its display", () => {
  const podman = (...words: string[]) => engine!.command(...words);
  const image = "localhost/windows:test";
  const password = newVncPassword();
  let pod: PodOnPodman;
  beforeAll(async () => {
    await buildApp();
    // A window that closes when somebody says a word to it, and then the app ends with a code of its own.
    const window = ["xterm", "-maximized", "-bg", "white", "-e", "sh", "-c", "read word"];
    const spec = desktopSpec(randomUUID(), {
      ...{ image, displayImage: engine!.desktopImage },
      command: ["sh", "-c", '"$@"; exit 3', "sh", ...window],
    });
    const secret = passwordSecret(spec.sessionId, "uid", password);
    pod = await runPod(podman, sessionPod(spec, SETTINGS), secret);
  });
  afterAll(async () => {
    await pod.close();
    await engine!.close();
  });

  /** The programs of the desktop's image without those that show a screen to others. */
  async function buildApp(): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), "app-"));
    const removal = "RUN rm -f /usr/bin/*vnc* /usr/bin/*Xvnc* /usr/bin/X* /usr/local/bin/desktop";
    const lines = [`FROM ${engine!.desktopImage}`, "USER 0", removal, "ENTRYPOINT []"];
    await writeFile(join(directory, "Dockerfile"), lines.join("\n"));
    await podman("build", "--quiet", "--layers=false", `--tag=${image}`, directory);
    await rm(directory, { recursive: true });
  }

  const inApp = (script: string, ...options: string[]) =>
    podman("exec", ...options, pod.app, "sh", "-c", script);
  const succeeds = (work: Promise<unknown>) =>
    work.then(
      () => true,
      () => false,
    );

  test("has no VNC server, does not know the password, and needs the cookie to show a window", async () => {
    const programs = await inApp("ls /usr/bin /usr/local/bin");
    expect(programs).toContain("xterm");
    expect(programs).not.toMatch(/vnc/i);
    expect(await inApp("env")).not.toContain(password);
    expect(await succeeds(inApp("grep -r . /tmp/*/password"))).toBe(false);
    expect(await succeeds(inApp("xterm -e true"))).toBe(true);
    const without = inApp("xterm -e true", "--env=XAUTHORITY=/dev/null");
    expect(await succeeds(without)).toBe(false);
  });

  test("is seen and used over the display's RFB, and ends with a code of its own", async () => {
    const screen = await RfbClient.connect(connect(pod.port, "127.0.0.1"), password);
    expect([screen.width, screen.height]).toEqual([800, 600]);
    const black = { width: 800, height: 600, pixels: Buffer.alloc(800 * 600 * 4) };
    const window = (at: { pixels: Buffer }) => changedPixels(black, { ...black, ...at });
    await screen.untilPicture((picture) => window(picture) > 400_000);
    screen.type("word\n");
    await screen.untilPicture((picture) => window(picture) < 200_000);
    expect(await podman("wait", pod.app)).toBe("3");
    // What a kubelet does next.
    expect(await podman("inspect", "--format={{.State.Status}}", pod.display)).toBe("running");
    await podman("stop", "--time=30", pod.display);
    expect(["0", "143"]).toContain(await podman("wait", pod.display));
    screen.close();
  });
});
