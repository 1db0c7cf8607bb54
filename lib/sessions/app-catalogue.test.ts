import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError } from "@/lib/config/environment";
import { loadAppCatalogue, unkeptLimits } from "./app-catalogue";

let file: string;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sortie-apps-"));
  file = join(directory, "apps.json");
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const config = { desktopImage: "desktop:1" };
const shell = { id: "shell", name: "Shell", kind: "terminal", description: "A shell." };

async function loadText(text: string) {
  await writeFile(file, text);
  return loadAppCatalogue({ ...config, appsFile: file });
}

const load = (apps: unknown) => loadText(JSON.stringify(apps));

/** The line an operator reads when the product refuses to start. */
async function complaint(loading: Promise<unknown>): Promise<string> {
  const error: unknown = await loading.then(
    () => new Error("The file was accepted."),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConfigError)) throw error;
  expect(error.message).not.toContain("\n");
  return error.message.replace(file, "FILE");
}

it("an operator who names no file offers a desktop", () => {
  const apps = loadAppCatalogue({ ...config, appsFile: undefined });
  expect(apps).toMatchObject([{ id: "desktop", kind: "desktop", image: "desktop:1" }]);
});

it("an operator's apps arrive in their order, with limits where the file names none", async () => {
  const docs = { ...shell, id: "docs", kind: "web", image: "docs:2", port: 8080 };
  const limits = { cpus: 0.5, memory_mb: 256 };
  const own = { image: "shell:3", command: ["bash", "-l"], environment: { LANG: "C.UTF-8" } };
  const apps = await load([docs, { ...shell, ...own, limits, read_only_root: false }]);
  expect(apps).toMatchObject([
    {
      id: "docs",
      kind: "web",
      port: 8080,
      limits: { cpus: 1, pids: undefined },
      readOnlyRoot: true,
    },
    {
      ...{ id: "shell", kind: "terminal", ...own, readOnlyRoot: false },
      limits: { cpus: 0.5, memoryBytes: 256 * 1024 * 1024, pids: undefined },
    },
  ]);
});

it("a desktop's display is what its entry says, else the operator's where it names an image", async () => {
  const plain = { id: "plain", name: "Plain", kind: "desktop", description: "" };
  const own = { ...plain, image: "paint:1" };
  const apps = await load([
    plain,
    { ...own, id: "own" },
    { ...own, id: "named", display_image: "display:2" },
    { ...own, id: "whole", display_image: false },
  ]);
  const displaysOf = (catalogue: typeof apps) =>
    catalogue.map((app) => (app.kind === "desktop" ? app.displayImage : app.kind));
  expect(displaysOf(apps)).toEqual([undefined, undefined, "display:2", undefined]);
  const withDefault = loadAppCatalogue({ ...config, appsFile: file, displayImage: "display:1" });
  expect(displaysOf(withDefault)).toEqual([undefined, "display:1", "display:2", undefined]);
});

it("an operator hears at the start of a limit that pods do not have", async () => {
  const apps = await load([shell, { ...shell, id: "other", limits: { pids: 64 } }]);
  expect(unkeptLimits(apps, "docker")).toEqual([]);
  expect(unkeptLimits(apps, "kubernetes")).toEqual([
    expect.stringMatching(/^The limit "pids" of other has no effect: .*podPidsLimit/),
  ]);
});

describe("an operator whose file is wrong is told where, in one line", () => {
  it.each([
    ["[1].port", [shell, { ...shell, id: "docs", kind: "web", image: "docs:2" }]],
    ["[0].kind", [{ ...shell, kind: "vm" }]],
    ["[0]", [{ ...shell, display_image: "display:1" }]],
    ["[0].display_image", [{ ...shell, kind: "desktop", display_image: "--privileged" }]],
    ["[0].image", [{ ...shell, kind: "desktop", display_image: "display:1" }]],
    ["[0].id", [{ ...shell, id: "My Shell" }]],
    ["[0].limits.cpus", [{ ...shell, limits: { cpus: "2" } }]],
    [
      "[0].environment.SORTIE_VNC_PASSWORD",
      [{ ...shell, environment: { SORTIE_VNC_PASSWORD: "" } }],
    ],
    ["[0].image", [{ ...shell, image: "--privileged" }]],
    ["[0]", [{ ...shell, imagee: "shell:3" }]],
    ["[1].id", [shell, shell]],
    ["it", []],
  ])("%s", async (place, apps) => {
    const start = `SORTIE_APPS_FILE is "FILE", but ${place} is wrong: `;
    expect((await complaint(load(apps))).slice(0, start.length)).toBe(start);
  });

  it("also where it is no JSON, or cannot be read", async () => {
    expect(await complaint(loadText("[{]"))).toMatch(
      /^SORTIE_APPS_FILE is "FILE", but it is not JSON: /,
    );
    const missing = load([shell]).then(() =>
      loadAppCatalogue({ ...config, appsFile: `${file}.missing` }),
    );
    expect(await complaint(missing)).toMatch(/but it cannot be read: ENOENT/);
  });
});
