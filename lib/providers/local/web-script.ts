import { type Ending, ENDINGS, READY_LINE } from "./desktop-script";

/** The socket, in a session's `run`, that leads to its web app. */
export const WEB_SOCKET = "web";

/**
 * The shell script that is a web app: the app's command, which finds its port in `$PORT`, and a way to that port from
 * outside the sandbox, where the app's loopback is not the machine's: a unix socket. `$1` is the session's id, the
 * rest is the command. The server holds the other end of standard input: when that ends, so does all of this.
 */
export function webScript(ending: Ending): string {
  return `
umask 077
cd "$HOME" || exit 1
exec 3<&0 </dev/null
session="$1"
shift
end_all() {
  set -- "$session"
  ${ENDINGS[ending]}
}
"$@" 3<&- >&2 &
app=$!
{ cat <&3 >/dev/null; kill -KILL "$app"; } >/dev/null &
until socat -u OPEN:/dev/null "TCP4:127.0.0.1:$PORT" 2>/dev/null; do
  kill -0 "$app" 2>/dev/null || { end_all; exit 1; }
  sleep 0.1
done
socat "UNIX-LISTEN:$SESSION_DIR/run/${WEB_SOCKET},fork,backlog=128" "TCP4:127.0.0.1:$PORT" 3<&- >&2 &
until [ -S "$SESSION_DIR/run/${WEB_SOCKET}" ]; do sleep 0.02; done
trap '' PIPE
echo ${READY_LINE}
wait "$app"
end_all
`;
}
