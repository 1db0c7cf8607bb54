/** Written to standard output once the session can be connected to. */
export const READY_LINE = "ready";

/** The socket, in a session's `run`, that leads to its desktop. */
export const DESKTOP_SOCKET = "rfb";

/** Marks every process of a session in its environment, for where no sandbox or user of its own does. */
const MARK = "SORTIE_SESSION";

/**
 * Ends every process of a session but the shell that runs this; `$1` is the session's id.
 * Run by the desktop's own user.
 */
export const END_MARKED_PROCESSES = `
for round in 1 2 3 4 5 6 7 8 9 10; do
  found=no
  for environment in $(env -u ${MARK} grep -lzxF "${MARK}=$1" /proc/[0-9]*/environ 2>/dev/null); do
    pid="\${environment#/proc/}"
    pid="\${pid%/environ}"
    if [ "$pid" != "$$" ] && kill -KILL "$pid" 2>/dev/null; then found=yes; fi
  done
  # What was about to start while we looked is found by looking again.
  [ "$found" = yes ] || break
done
true
`;

/** Ends every process of the user that runs this, itself included. */
export const END_OWN_PROCESSES = "kill -KILL -1";

/** How a desktop's processes are ended from within, when its server has gone. */
export type Ending = "with-sandbox" | "by-user" | "by-mark";

export const ENDINGS: Readonly<Record<Ending, string>> = {
  // Everything in a process namespace ends with its first process.
  "with-sandbox": "exit 0",
  "by-user": END_OWN_PROCESSES,
  "by-mark": END_MARKED_PROCESSES,
};

/**
 * The shell script that is a desktop: an X server that speaks RFB on a unix socket, a window
 * manager and a terminal. `$1` is the session's id, `$2` the geometry as `1280x720`. The server
 * holds the other end of standard input: when that ends, by whatever death, so does all of this.
 */
export function desktopScript(ending: Ending): string {
  return `
umask 077
cd "$HOME" || exit 1
exec 3<&0 </dev/null
end_all() {
  ${ENDINGS[ending]}
}
mkfifo "$SESSION_DIR/run/display" "$SESSION_DIR/run/managed" || exit 1
Xtigervnc -displayfd 4 -geometry "$2" -depth 24 -desktop Desktop -auth "$SESSION_DIR/config/xauthority" \\
  -rfbport -1 -rfbunixpath "$SESSION_DIR/run/${DESKTOP_SOCKET}" -rfbunixmode 0600 -nolisten tcp -noreset \\
  -SecurityTypes VncAuth -PasswordFile "$SESSION_DIR/config/vnc-password" -UseBlacklist=0 \\
  -AlwaysShared -AcceptSetDesktopSize -SendPrimary=0 -SetPrimary=0 \\
  3<&- 4>"$SESSION_DIR/run/display" >&2 &
screen=$!
{ cat <&3 >/dev/null; kill -KILL "$screen"; echo >"$SESSION_DIR/run/managed"; } &
read -r display <"$SESSION_DIR/run/display" || { end_all "$1"; exit 1; }
export DISPLAY=":$display" XAUTHORITY="$SESSION_DIR/config/xauthority"
if command -v xsetroot >/dev/null; then xsetroot -solid '#2b3443' -cursor_name left_ptr; fi
{
  export XDG_CONFIG_HOME="$SESSION_DIR/config" XDG_DATA_HOME="$SESSION_DIR/config"
  openbox --sm-disable --startup "sh -c 'echo >\\"\\$SESSION_DIR/run/managed\\"'"
  while :; do sleep 1; openbox --sm-disable; done
} 3<&- >&2 &
# A window that opens while the window manager is starting waits 5 s for an answer.
read -r managed <"$SESSION_DIR/run/managed"
{ while :; do sh "$SESSION_DIR/config/terminal"; sleep 1; done; } 3<&- >&2 &
# Nobody reads our words when the server has gone; that must not end us before the rest. Only here,
# so that the desktop's programs do not inherit it.
trap '' PIPE
echo ${READY_LINE}
wait "$screen"
end_all "$1"
`;
}

/** The marker for a desktop's environment. */
export function sessionMark(sessionId: string): Readonly<Record<string, string>> {
  return { [MARK]: sessionId };
}
