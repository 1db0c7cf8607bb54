#!/bin/sh
# Builds the images `sortie` and `sortie-desktop` where no registry can be reached: on bases made of Debian packages, the
# product's with the Node of this machine. Needs podman, mmdebstrap, npm's registry and root.
#
#   sh scripts/images.sh                       builds both
#   DATABASE_URL=postgresql://… sh scripts/images.sh
#                                              and tries the product's image on that database, an empty one
#
# PODMAN: the command, with options it may need here, such as "podman --runtime=runc".
set -eu
cd "$(dirname "$0")/.."
podman=${PODMAN:-podman}
release=${DEBIAN_RELEASE:-bookworm}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Makes an image of Debian packages: its name, the packages, and mmdebstrap's further options.
make_base() {
  name=$1
  packages=$2
  shift 2
  mmdebstrap --quiet --variant=minbase --include="$packages" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$@" "$release" "$work/base.tar"
  $podman import --quiet "$work/base.tar" "localhost/$name"
  rm "$work/base.tar"
}

node=$(command -v node)
modules=$(dirname "$(dirname "$node")")/lib/node_modules
# npm trusts whom this machine trusts: a company's proxy signs with a certificate of its own.
mkdir "$work/etc"
printf 'registry=%s\ncafile=/etc/ssl/certs/ca-certificates.crt\n' "$(npm config get registry)" >"$work/etc/npmrc"
make_base sortie-base ca-certificates,libstdc++6 \
  --customize-hook="copy-in $node /usr/bin" \
  --customize-hook="copy-in $modules /usr/lib" \
  --customize-hook="copy-in $work/etc /usr" \
  --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs' \
  --customize-hook='chroot "$1" ln -sf ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm'
# What the base has is all there is: a stage could fetch nothing but npm's packages.
$podman build --format=docker --network=host --build-arg BASE=localhost/sortie-base --tag sortie .

make_base sortie-desktop-base \
  tigervnc-standalone-server,tigervnc-tools,openbox,xterm,xfonts-base,fonts-dejavu-core,procps \
  --dpkgopt='path-exclude=/usr/lib/*/dri/*' --dpkgopt='path-exclude=/usr/lib/*/libLLVM*'
$podman build --build-arg BASE=localhost/sortie-desktop-base --tag sortie-desktop helm/images/desktop

[ -n "${DATABASE_URL:-}" ] || exit 0

# As a cluster runs it: nobody in particular, no capability, nothing to write to but memory.
port=${PORT:-3999}
container=$($podman run --detach --rm --network=host --read-only --tmpfs /tmp --tmpfs /data:mode=1777 --cap-drop=all \
  --security-opt=no-new-privileges --env DATABASE_URL --env PORT="$port" --env HOST=127.0.0.1 \
  --env NEXTAUTH_SECRET="$(head -c 32 /dev/urandom | base64)" localhost/sortie)
trap '$podman rm --force --time=0 "$container" >/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 60); do
  if node -e "fetch('http://127.0.0.1:$port/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"; then
    $podman exec "$container" node scripts/healthcheck.mjs
    echo "The image is ready for people: /readyz answers 200."
    exit 0
  fi
  sleep 1
done
$podman logs "$container"
echo "The image did not become ready within a minute." >&2
exit 1
