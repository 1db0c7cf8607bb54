import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "");

const shared = { setupFiles: ["tests/support/fail-on-console-error.ts"] };
/** What needs PostgreSQL gets one server for the whole run. */
const withDatabase = { ...shared, globalSetup: ["tests/support/global-setup.ts"] };
// A browser, a server and perhaps a desktop share two cores: what fails must fail twice.
const inABrowser = { retry: 1, testTimeout: 180_000, hookTimeout: 180_000 };

export default defineConfig({
  root,
  resolve: { alias: { "@": root } },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "unit",
          include: [
            "{app,lib,workers,scripts}/**/*.test.{ts,tsx}",
            "tests/{support,chart}/**/*.test.ts",
          ],
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...withDatabase,
          name: "integration",
          include: ["tests/{integration,contract}/**/*.test.ts"],
          testTimeout: 60_000,
          sequence: { groupOrder: 2 },
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          ...withDatabase,
          ...inABrowser,
          name: "screens",
          include: ["tests/e2e/screens/**/*.test.ts"],
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          ...withDatabase,
          ...inABrowser,
          name: "e2e",
          include: ["tests/e2e/*.test.ts"],
          // Each file records: a desktop and an encoder. Two at once on two cores would only fight.
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          ...withDatabase,
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 5 },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
