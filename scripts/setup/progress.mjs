// @ts-check

/** Something a person has to mend; printed without a stack. */
export class SetupError extends Error {
  /**
   * @param {string} what    what went wrong, as a sentence
   * @param {string} remedy  what to do about it, as a sentence
   */
  constructor(what, remedy) {
    super(what);
    this.remedy = remedy;
  }
}

const TICK_MS = 1000;

/**
 * Runs one step and shows that it runs: a line when it begins, with a clock on a terminal, and how long it
 * took when it is done.
 * @template T
 * @param {string} label
 * @param {(note: (text: string) => void) => T | Promise<T>} work  may name what it is doing
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const startedAt = performance.now();
  const elapsed = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const terminal = process.stdout.isTTY;
  let noted = "";
  const begin = terminal
    ? setInterval(() => rewrite(`… ${label}${noted} ${elapsed()}`), TICK_MS)
    : undefined;
  if (terminal) rewrite(`… ${label}`);
  else process.stdout.write(`… ${label}\n`);
  const finish = (/** @type {string} */ mark) => {
    clearInterval(begin);
    if (terminal) rewrite("");
    process.stdout.write(`${mark} ${label}${noted} (${elapsed()})\n`);
  };
  try {
    const result = await work((text) => (noted = `: ${text}`));
    finish("✓");
    return result;
  } catch (error) {
    finish("✗");
    throw error;
  }
}

/** @param {string} line */
function rewrite(line) {
  process.stdout.write(`\r\u001b[2K${line}`);
}

/** @param {string} text */
export function warn(text) {
  process.stdout.write(`! ${text}\n`);
}

/**
 * Prints what went wrong and ends the process.
 * @param {unknown} error
 * @returns {never}
 */
export function failAndExit(error) {
  if (error instanceof SetupError) {
    process.stderr.write(`\n${error.message}\n→ ${error.remedy}\n`);
  } else {
    process.stderr.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.exit(1);
}
