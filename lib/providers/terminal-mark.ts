/** Marks everything that runs in one terminal of a container, in its environment. */
export const TERMINAL_MARK = "SORTIE_TERMINAL";

const HANG_UP_SCRIPT = `
for entry in /proc/[0-9]*; do
  if tr '\\0' '\\n' 2>/dev/null <"$entry/environ" | grep -qxF "${TERMINAL_MARK}=$1"; then
    kill -HUP "\${entry#/proc/}" && kill -CONT "\${entry#/proc/}"
  fi
done 2>/dev/null
true`;

/** Ends what runs in a marked terminal, as a lost line would; for a shell in the same container. */
export function hangUpCommand(mark: string): readonly string[] {
  return ["/bin/sh", "-c", HANG_UP_SCRIPT, "sh", mark];
}

/** The command with the mark and a terminal's type in its environment, where nothing else can set them. */
export function markedCommand(mark: string, command: readonly string[]): readonly string[] {
  const script = `export ${TERMINAL_MARK}="$0" TERM=xterm-256color; exec "$@"`;
  return ["/bin/sh", "-c", script, mark, ...command];
}
