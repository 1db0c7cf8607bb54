import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** The small web app as one program, for `node -e`: nothing of this repository is in a session's sandbox. */
export function smallWebApp(): readonly [string, ...string[]] {
  const { outputFiles } = buildSync({
    entryPoints: ["tests/support/small-web-app.ts"],
    bundle: true,
    platform: "node",
    format: "cjs",
    minify: true,
    write: false,
    logLevel: "error",
  });
  return [process.execPath, "-e", outputFiles[0]?.text ?? ""];
}

/** A catalogue with that app, in a file of its own; `remove` takes it away. */
export function webAppCatalogue(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "sortie-apps-"));
  const path = join(folder, "apps.json");
  const app = { id: "small", name: "Small app", kind: "web", description: "A small web app." };
  writeFileSync(path, JSON.stringify([{ ...app, port: 8080, command: smallWebApp() }]));
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
