#!/bin/sh
# The first process of a desktop's container. Ends when its X server does.
# SORTIE_VNC_PASSWORD: what viewers have to know; SORTIE_GEOMETRY: its first size, such as 1280x720.
set -eu
umask 077
: "${SORTIE_VNC_PASSWORD:?is not set}" "${SORTIE_GEOMETRY:=1280x720}"

mkdir -p -m 1777 /tmp/.X11-unix
files=$(mktemp -d)
printf '%s\n' "$SORTIE_VNC_PASSWORD" | tigervncpasswd -f >"$files/password"
# What runs on the desktop has no use for it.
unset SORTIE_VNC_PASSWORD

mkfifo "$files/display"
Xtigervnc -displayfd 3 -geometry "$SORTIE_GEOMETRY" -depth 24 -desktop Desktop \
  -rfbport 5900 -localhost=0 -nolisten tcp -noreset \
  -SecurityTypes VncAuth -PasswordFile "$files/password" -UseBlacklist=0 \
  -AlwaysShared -AcceptSetDesktopSize -SendPrimary=0 -SetPrimary=0 3>"$files/display" &
screen=$!
trap 'kill "$screen"' TERM INT

read -r display <"$files/display"
export DISPLAY=":$display"

while :; do openbox --sm-disable || true; sleep 1; done &
# One terminal is always there: a new one opens when its user closes the last.
while :; do
  xterm -maximized -T Terminal -fa Monospace -fs 12 -bg '#12161d' -fg '#d8dee9' \
    -xrm 'XTerm*selectToClipboard: true' -xrm 'XTerm*internalBorder: 10' -e bash || true
  sleep 1
done &

wait "$screen"
