import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** What a stage makes; all else that is copied from one is in the tree. */
const MADE = ["node_modules", "dist", ".next"];
const instructions = readFileSync("Dockerfile", "utf8")
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n\s*/g, "")
  .split("\n");
const stages = instructions
  .join("\n")
  .split(/^FROM /m)
  .slice(1);
const last = stages.at(-1) ?? "";
const argumentsOf = (instruction: string, text: string) =>
  [...text.matchAll(new RegExp(`^${instruction} (.*)$`, "gm"))].map(([, rest = ""]) => rest);

it("the image has the product and its production dependencies only, and nothing is built in it", () => {
  const names = stages.map((stage) => /^\S+ AS (\w+)$/m.exec(stage)?.[1]);
  expect(names).toEqual(["packages", "build", undefined]);
  expect(argumentsOf("RUN", stages[0] ?? "").join()).toMatch(/^npm ci .*--omit=dev/);
  expect(argumentsOf("RUN", last)).toEqual([]);
  const copied = argumentsOf("COPY", last);
  expect(copied).toContain("--from=packages /app/node_modules node_modules");
  for (const copy of copied) expect(copy).toMatch(/^--from=(packages|build) /);
});

it("it runs as nobody in particular, says whether it lives, and starts what it has", () => {
  expect(argumentsOf("USER", last)).toEqual(["1000:1000"]);
  expect(argumentsOf("HEALTHCHECK", last).join()).toMatch(
    /CMD \["node", "scripts\/healthcheck.mjs"\]$/,
  );
  expect(argumentsOf("CMD", last)).toEqual(['["node", "dist/server.js"]']);
});

it("all that goes into it is there, and is not kept from its build", () => {
  const sources = stages
    .flatMap((stage) => argumentsOf("COPY", stage))
    .flatMap((copy) =>
      copy
        .replace(/^--from=\w+ /, "")
        .split(" ")
        .slice(0, -1),
    )
    .map((path) => path.replace("/app/", ""));
  const sent = readFileSync(".dockerignore", "utf8").split("\n");
  for (const path of sources.filter((source) => source !== "." && !MADE.includes(source))) {
    expect(existsSync(path), path).toBe(true);
    expect(sent).toContain(`!${path.split("/")[0]}`);
  }
});
