// @ts-check
import { posix, relative } from "node:path";

/**
 * The import rules of the layout, in one table: lint enforces them while you type and
 * `import-rules.test.ts` names the offender. A rule forbids what its `forbid` lists;
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

/** A test may reach for anything it needs to see. */
const TESTS = ["**/*.test.ts", "**/*.test.tsx"];

/** @type {ImportRule[]} */
export const importRules = [
  {
    name: "lib never imports app, workers or the server",
    files: ["lib/**"],
    except: TESTS,
    forbid: [/^@\/(app|workers|scripts|server|tests)(\/|$)/],
  },
  {
    name: "pure modules do no I/O and know no other part",
    files: [
      "lib/media/**",
      "lib/webm/**",
      "lib/mp4/**",
      "lib/asciicast/**",
      "lib/errors/**",
      "lib/recordings/recording-state.ts",
      "lib/recordings/room-level.ts",
    ],
    except: TESTS,
    forbid: [IO, PACKAGES_WITH_IO, /^react/, /^@\/lib\/(?!errors|media|webm|mp4|asciicast)/],
  },
  {
    name: "the recorder is a browser library: pure modules and shared schemas only, and nothing of Next",
    files: ["lib/recorder/**"],
    except: TESTS,
    forbid: [
      IO,
      PACKAGES_WITH_IO,
      /^node:/,
      /^@\/lib\/(?!recorder|errors|media|recordings\/(recording-schema|room-level)$)/,
    ],
  },
  {
    name: "only lib/db knows Prisma's client",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
    except: ["lib/db/**", "lib/tracing/start-tracing.ts", ...TESTS],
    forbid: [/^@prisma\//, /^pg$/, /^@\/lib\/db\/generated/],
  },
  {
    name: "only lib/storage knows the S3 SDK",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
    except: ["lib/storage/**"],
    forbid: [/^@aws-sdk\//],
  },
  {
    name: "only lib/providers/kubernetes knows the Kubernetes client",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
    except: ["lib/providers/kubernetes/**"],
    forbid: [/^@kubernetes\//],
  },
  {
    name: "only lib/tracing knows what spans are made with",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
    except: ["lib/tracing/**"],
    forbid: [/^@opentelemetry\//],
  },
  {
    name: "only lib/metrics and the composition know what metrics are made with",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
    except: ["lib/metrics/**", "lib/composition/**"],
    forbid: [/^prom-client$/],
  },
  {
    name: "only its provider knows the client of container engines",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
    except: ["lib/providers/docker/**"],
    forbid: [/^dockerode/],
  },
  {
    name: "only lib/queue knows BullMQ and Redis",
    files: ["app/**", "lib/**", "workers/**", "server.ts"],
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
    name: "use cases know neither HTTP nor the gateway nor the composition",
    files: ["lib/recordings/**", "lib/sessions/**", "lib/holds/**", "lib/retention/**"],
    except: TESTS,
    forbid: [
      /^next/,
      /^react/,
      /^ws$/,
      /^@\/lib\/http\/(?!client$)/,
      /^@\/lib\/(gateway|composition|recorder)/,
    ],
  },
  {
    name: "only the composition chooses adapters",
    files: ["lib/**", "workers/**", "server.ts"],
    except: ["lib/composition/**", "lib/storage/**", "lib/providers/**", ...TESTS],
    forbid: [/^@\/lib\/storage\/(?!recording-store)/, /^@\/lib\/providers\/(?!session-provider)/],
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

/**
 * @typedef {object} Violation
 * @property {string} file       from the root of the repository
 * @property {string} specifier  as written in the file
 * @property {string} rule       the rule's name
 */

/**
 * The rules that `file` breaks by importing `specifier`.
 * @param {string} file       from the root of the repository, with forward slashes
 * @param {string} specifier  as written in the file
 * @returns {Violation[]}
 */
export function violations(file, specifier) {
  const target = specifier.startsWith(".")
    ? `@/${posix.join(posix.dirname(file), specifier)}`
    : specifier;
  return importRules
    .filter((rule) => rule.files.some((glob) => matches(file, glob)))
    .filter((rule) => !rule.except.some((glob) => matches(file, glob)))
    .filter((rule) => rule.forbid.some((pattern) => pattern.test(target)))
    .map((rule) => ({ file, specifier, rule: rule.name }));
}

/**
 * @param {string} file
 * @param {string} glob  with `**` for any folders and `*` for any part of a name
 */
function matches(file, glob) {
  const pattern = glob.replaceAll(/[.+^${}()|[\]\\]|\*\*\/|\*\*|\*/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : `\\${part}`;
  });
  return new RegExp(`^${pattern}$`).test(file);
}

/** @type {import("eslint").Rule.RuleModule} */
const importsRule = {
  meta: {
    type: "problem",
    schema: [],
    messages: { forbidden: "{{rule}} (imports “{{specifier}}”)" },
  },
  create(context) {
    const file = relative(context.cwd, context.filename).replaceAll("\\", "/");
    /** @param {{ source?: import("estree").Node | null | undefined }} node */
    const check = ({ source }) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      for (const { rule, specifier } of violations(file, source.value)) {
        context.report({ node: source, messageId: "forbidden", data: { rule, specifier } });
      }
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

/** The same table as ESLint configuration. */
export const restrictedImports = [
  {
    files: ["**/*.{ts,tsx,js,mjs}"],
    plugins: { layout: { rules: { imports: importsRule } } },
    rules: { "layout/imports": /** @type {const} */ ("error") },
  },
];
