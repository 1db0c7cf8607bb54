import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "");

const shared = { setupFiles: ["tests/support/fail-on-console-error.ts"] };
/** What needs PostgreSQL gets one server for the whole run. */
const withDatabase = { ...shared, globalSetup: ["tests/support/global-setup.ts"] };

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
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          // Each file drives a browser, and some a desktop: two at once took as long, and missed their moments.
          maxWorkers: 1,
          // A desktop, a server and an encoder share two cores: what fails must fail twice.
          retry: 1,
          sequence: { groupOrder: 3 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          ...withDatabase,
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
