#!/bin/sh
# The first process of a session's container. Ends when its X server does.
#
#   desktop           a whole desktop: X and VNC server, window manager, terminal
#   desktop display   for an app in a container beside this one: X and VNC server as $DISPLAY, and a window manager.
#                     Whoever has the cookie that is written to $XAUTHORITY may show windows on it.
#
# SORTIE_VNC_PASSWORD: what viewers have to know; SORTIE_GEOMETRY: its first size, such as 1280x720.
set -eu
umask 077
: "${SORTIE_VNC_PASSWORD:?is not set}" "${SORTIE_GEOMETRY:=1280x720}"

[ -d /tmp/.X11-unix ] || mkdir -m 1777 /tmp/.X11-unix
files=$(mktemp -d)
printf '%s\n' "$SORTIE_VNC_PASSWORD" | tigervncpasswd -f >"$files/password"
# What runs on the desktop has no use for it.
unset SORTIE_VNC_PASSWORD

mode=${1:-desktop}
if [ "$mode" = display ]; then
  : "${DISPLAY:?is not set}" "${XAUTHORITY:?is not set}"
  # One entry, for any host: family, address, display, name and 128 bits (see Xsecurity(7)).
  { printf '\377\377\0\0\0\0\0\022MIT-MAGIC-COOKIE-1\0\020'; head -c 16 /dev/urandom; } >"$XAUTHORITY"
  set -- "$DISPLAY" -auth "$XAUTHORITY"
else
  set --
fi

mkfifo "$files/display"
Xtigervnc "$@" -displayfd 3 -geometry "$SORTIE_GEOMETRY" -depth 24 -desktop Desktop \
  -rfbport 5900 -localhost=0 -nolisten tcp -noreset \
  -SecurityTypes VncAuth -PasswordFile "$files/password" -UseBlacklist=0 \
  -AlwaysShared -AcceptSetDesktopSize -SendPrimary=0 -SetPrimary=0 3>"$files/display" &
screen=$!
trap 'kill "$screen"' TERM INT

read -r display <"$files/display"
export DISPLAY=":$display"

while :; do openbox --sm-disable || true; sleep 1; done &
if [ "$mode" = desktop ]; then
  # One terminal is always there: a new one opens when its user closes the last.
  while :; do
    xterm -maximized -T Terminal -fa Monospace -fs 12 -bg '#12161d' -fg '#d8dee9' \
      -xrm 'XTerm*selectToClipboard: true' -xrm 'XTerm*internalBorder: 10' -e bash || true
    sleep 1
  done &
fi

wait "$screen"
