import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseConfig } from "@/lib/config/config";
import { createLogger } from "@/lib/logging/logger";
import { createSessionProvider } from "@/lib/providers/create-session-provider";
import type { SessionProvider } from "@/lib/providers/session-provider";
import { startContainerEngine } from "../support/container-engine";
import { type OciRegistry, startRegistry } from "../support/oci-registry";
import { testEnvironment } from "../support/services";
import { PLAIN_CONTAINER } from "../support/session-specs";

const run = promisify(execFile);
const engine = await startContainerEngine();
const WAIT = { timeout: 30_000, interval: 50 };
const NAME = "team/shell";

describe.skipIf(engine === null)("an app whose image is in a registry", () => {
  const podman = (...words: string[]) => engine!.command(...words);
  let directory: string;
  let layout: string;
  let registry: OciRegistry;
  let provider: SessionProvider;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "image-"));
    layout = join(directory, "layout");
    const tag = "localhost/shell:built";
    await writeShell(directory);
    await podman("build", "--quiet", `--tag=${tag}`, directory);
    await podman("save", "--quiet", "--format=oci-dir", `--output=${layout}`, tag);
    // What the engine has already it would not fetch.
    await podman("rmi", "--force", tag);
    registry = await startRegistry(layout, NAME);
    const config = parseConfig({
      ...testEnvironment("/nowhere", "postgresql://nobody@localhost/none"),
      SORTIE_SESSION_PROVIDER: "docker",
      SORTIE_DOCKER_SOCKET: engine!.socketPath,
    });
    provider = createSessionProvider(config, {
      instanceId: randomUUID(),
      installationId: () => Promise.resolve(randomUUID()),
      log: createLogger("silent", "test"),
    });
  });
  afterAll(async () => {
    await provider.close();
    await registry.vanish();
    await engine!.close();
    await rm(directory, { recursive: true });
  });

  /** Null when it can run. */
  async function whyNot(image: string): Promise<string | null> {
    const found = await provider.availability({ ...PLAIN_CONTAINER, kind: "terminal", image });
    return found.available ? null : found.reason;
  }

  test("is told to its user while it comes, layer by layer, and runs when it is here", async () => {
    const { image } = registry;
    const isHeld = registry.holdBack();
    expect(await whyNot(image)).toBe(`The image ${image} is being fetched. Try again in a minute.`);
    await isHeld;
    await vi.waitFor(async () => {
      expect(await whyNot(image)).toBe(
        `The image ${image} is being fetched: 2 layers are here, 1 on the way. Try again in a minute.`,
      );
    }, WAIT);
    registry.goOn();
    await vi.waitFor(async () => expect(await whyNot(image)).toBeNull(), WAIT);
    const app = { ...PLAIN_CONTAINER, kind: "terminal", image, command: ["sh", "-c", "exit 7"] };
    const spec = { ...app, kind: "terminal", sessionId: randomUUID(), appId: "shell" } as const;
    const { ref } = await provider.start(spec);
    const terminal = await provider.openTerminal(ref, { columns: 80, rows: 24 });
    expect(await terminal.exited).toEqual({ code: 7 });
    await provider.stop(ref);
  });

  test("says so when the registry has none of that name or tag", async () => {
    const cases = [
      [registry.image.replace("shell", "shelf"), "name unknown"],
      [registry.image.replace(":latest", ":v9"), "manifest unknown"],
    ] as const;
    for (const [image, words] of cases) {
      await vi.waitFor(async () => {
        const reason = await whyNot(image);
        expect(reason).toContain(`The image ${image} is not here and cannot be fetched: `);
        expect(reason).toContain(words);
      }, WAIT);
    }
  });

  test("says so when the registry goes away in the middle", async () => {
    await podman("rmi", "--force", registry.image);
    const leaving = await startRegistry(layout, NAME);
    const isHeld = leaving.holdBack();
    expect(await whyNot(leaving.image)).toContain("is being fetched");
    await isHeld;
    await leaving.vanish();
    await vi.waitFor(async () => {
      expect(await whyNot(leaving.image)).toMatch(/is not here and cannot be fetched: .*refused/);
    }, WAIT);
  });
});

/** A Dockerfile of three layers: the C library, a shell, and the one program that keeps a container of terminals open. */
async function writeShell(directory: string): Promise<void> {
  const { stdout } = await run("ldd", ["/bin/dash"]);
  const libraries = stdout.match(/\/\S+/g) ?? [];
  const files = [
    ...libraries.map((path) => ({ layer: "lib", path })),
    { layer: "shell", path: "/bin/sh" },
    { layer: "sleep", path: "/bin/sleep" },
  ];
  for (const { layer, path } of files) {
    await mkdir(join(directory, layer, dirname(path)), { recursive: true });
    await copyFile(path, join(directory, layer, path));
  }
  const lines = ["FROM scratch", ...["lib", "shell", "sleep"].map((layer) => `COPY ${layer} /`)];
  await writeFile(join(directory, "Dockerfile"), lines.join("\n"));
}
