// @ts-check
/**
 * The import rules of the layout, in one table: lint enforces them while you type and
 * `import-rules.test.ts` names the offender. A rule forbids what `may not import` lists;
 * everything else is allowed.
 *
 * @typedef {object} ImportRule
 * @property {string} name      what the rule protects, as a sentence
 * @property {string[]} files   folders or files the rule holds for (globs)
 * @property {string[]} except  globs the rule does not hold for
 * @property {RegExp[]} forbid  module specifiers those files may not import (`@/…` for our own)
 */

/** Node's own modules that do I/O or keep the process alive. */
const IO =
  /^(node:)?(fs|fs\/promises|net|http|https|http2|tls|dgram|child_process|worker_threads|cluster|dns|timers|timers\/promises)$/;
const PACKAGES_WITH_IO =
  /^(pg|ioredis|bullmq|ws|next|next-auth|pino|@aws-sdk\/|@prisma\/|dockerode|@kubernetes\/)/;

/** @type {ImportRule[]} */
export const importRules = [
  {
    name: "lib never imports app, workers or the server",
    files: ["lib/**"],
    except: [],
    forbid: [/^@\/(app|workers|scripts|server|tests)(\/|$)/],
  },
  {
    name: "pure modules do no I/O and know no other part",
    files: [
      "lib/webm/**",
      "lib/asciicast/**",
      "lib/errors/**",
      "lib/recordings/recording-state.ts",
    ],
    except: ["**/*.test.ts"],
    forbid: [IO, PACKAGES_WITH_IO, /^react/, /^@\/lib\/(?!errors|webm|asciicast)/],
  },
  {
    name: "the recorder is a browser library: pure modules and shared schemas only, and nothing of Next",
    files: ["lib/recorder/**"],
    except: ["**/*.test.ts"],
    forbid: [
      IO,
      PACKAGES_WITH_IO,
      /^node:/,
      /^@\/lib\/(?!recorder|errors|webm|recordings\/recording-schema)/,
    ],
  },
  {
    name: "only lib/db knows Prisma's client",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
    except: ["lib/db/**", "**/*.test.ts"],
    forbid: [/^@prisma\//, /^pg$/, /^@\/lib\/db\/generated/],
  },
  {
    name: "only lib/storage knows the S3 SDK",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
    except: ["lib/storage/**"],
    forbid: [/^@aws-sdk\//],
  },
  {
    name: "only lib/queue and the workers know BullMQ and Redis",
    files: ["app/**", "lib/**", "server.ts"],
    except: ["lib/queue/**"],
    forbid: [/^bullmq/, /^ioredis/],
  },
  {
    name: "the queue imports no worker",
    files: ["lib/queue/**"],
    except: [],
    forbid: [/^@\/workers/],
  },
  {
    name: "use cases know ports, not adapters, HTTP or the composition",
    files: ["lib/recordings/**", "lib/sessions/**"],
    except: ["**/*.test.ts"],
    forbid: [
      /^next/,
      /^react/,
      /^ws$/,
      /^@\/lib\/(http|gateway|composition|recorder)/,
      /^@\/lib\/storage\/(?!recording-store)/,
      /^@\/lib\/providers\/(?!session-provider)/,
    ],
  },
  {
    name: "pages and route handlers reach the world through use cases",
    files: ["app/**"],
    except: [],
    forbid: [
      IO,
      /^ws$/,
      /^@\/lib\/(storage|providers)\/(?!recording-store|session-provider)/,
      /^@\/(workers|scripts|tests)/,
    ],
  },
];

/** The same table as ESLint configuration. */
export const restrictedImports = importRules.map((rule) => ({
  files: rule.files.flatMap((glob) => (glob.endsWith("**") ? [`${glob}/*.{ts,tsx}`] : [glob])),
  ignores: rule.except,
  plugins: { layout: { rules: { [ruleId(rule)]: eslintRule(rule) } } },
  rules: { [`layout/${ruleId(rule)}`]: "error" },
}));

/** @param {ImportRule} rule */
function ruleId(rule) {
  return rule.name.toLowerCase().replaceAll(/[^a-z]+/g, "-");
}
