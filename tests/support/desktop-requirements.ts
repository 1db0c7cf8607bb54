import { requireCommand } from "./requirements";

/** Whether this machine can run desktops; where not, their tests are skipped (and in CI it throws). */
export const canRunDesktops = ["Xtigervnc", "openbox", "xterm"].every(
  (program) => requireCommand(program) !== null,
);
