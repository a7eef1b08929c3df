#!/usr/bin/env bash
# Builds the images of the services by buildah and proves them as far as that goes without a container
# runtime: each is started from its own root, read-only, as uid 65532, has to name what its configuration
# lacks, and with a database has to migrate and serve. `tools/images.sh workspace activations` takes these
# only. The base is what runs of Debian, with the Node of this machine, since no registry is needed then;
# BASE=… names another. Images stay in buildah's storage.
set -euo pipefail
cd "$(dirname "$0")/.."
services=("$@")
[ $# -gt 0 ] \
  || services=(workspace datasets training activations similarity projection quality explanations insights gateway web)
work=$PWD/.tools/images
mkdir -p "$work"
for program in buildah debootstrap bwrap; do
  command -v "$program" >/dev/null || { echo "images: no $program; install it, then try again"; exit 1; }
done
export BUILDAH_ISOLATION=chroot

# What runs a service: the C and C++ libraries, time zones, certificates, a shell for `ulimit` and `prlimit`.
runtime=(base-files libc6 libgcc-s1 libstdc++6 dash libsmartcols1 util-linux tzdata)
# Copies these packages of the root into a folder, with Node, and their names for scanners, as distroless images have.
slim() {
  local name path admin=$work/rootfs/var/lib/dpkg
  rm -rf "$1"; mkdir -p "$1"/{dev,proc,run,sys,etc/ssl/certs,tmp,usr/{bin,sbin,lib,lib64,local/bin},var/lib/dpkg/status.d}
  chmod 1777 "$1/tmp"
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$1/$name"; done
  for name in "${runtime[@]}"; do
    dpkg-query --admindir="$admin" -s "$name" > "$1/var/lib/dpkg/status.d/$name"
    dpkg-query --admindir="$admin" -L "$name" | while read -r path; do
      [ "$name" != util-linux ] || [ "$path" = /usr/bin/prlimit ] || continue
      case $path in */gconv/* | */doc/*) continue ;; esac
      [ -d "$work/rootfs$path" ] && [ ! -L "$work/rootfs$path" ] || [ ! -e "$work/rootfs$path" ] \
        || { mkdir -p "$1$(dirname "$path")" && cp -a "$work/rootfs$path" "$1$path"; }
    done
  done
  cp -L "$work/rootfs/etc/ssl/certs/ca-certificates.crt" "$1/etc/ssl/certs/"
  printf 'root:x:0:0:root:/root:/bin/sh\nnoema:x:65532:65532:noema:/tmp:/bin/false\n' > "$1/etc/passwd"
  printf 'root:x:0:\nnoema:x:65532:\n' > "$1/etc/group"
  cp "$(command -v node)" "$1/usr/local/bin/node"
  if command -v strip >/dev/null; then strip "$1/usr/local/bin/node"; fi
}
base() { # name, folder
  local container
  if buildah inspect --type image "$1" >/dev/null 2>&1; then return; fi
  container=$(buildah from scratch)
  buildah copy -q "$container" "$2" / >/dev/null
  [ "$2" != "$work/rootfs" ] || buildah copy -q "$container" "$(command -v node)" /usr/local/bin/node >/dev/null
  buildah config --env PATH=/usr/local/bin:/usr/bin:/bin "$container"
  buildah commit -q --rm "$container" "$1" >/dev/null
}
# What installs Debian's packages takes the whole root, everything else what runs.
FULL=${BASE:-localhost/noema-base:bookworm}
if [ -z "${BASE:-}" ]; then
  BASE=localhost/noema-base:slim
  if [ ! -d "$work/rootfs" ]; then
    debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$work/rootfs.part" \
      http://deb.debian.org/debian >"$work/debootstrap.log"
    mv "$work/rootfs.part" "$work/rootfs"
  fi
  rm -rf "$work/rootfs"/var/{cache/apt,lib/apt/lists}/* "$work/rootfs"/usr/share/{doc,man,locale}/*
  base "$FULL" "$work/rootfs"
  [ -d "$work/slim" ] || { slim "$work/slim.part" && mv "$work/slim.part" "$work/slim"; }
  base "$BASE" "$work/slim"
fi

for service in "${services[@]}"; do
  if [ "$service" = web ]; then
    buildah build -q --build-arg BASE="$FULL" -f deploy/docker/web/Containerfile \
      -t noema/web:0.1.0 . >/dev/null
    size=$(buildah images --json noema/web:0.1.0 \
      | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8"))[0].size.replace(/ MB$/, "") | 0')
    echo "images: noema/web:0.1.0 has $size MB"
    continue
  fi
  node deploy/dist/src/assemble.main.js "services/$service" "$work/$service/out"
  variant=plain from=$BASE
  [ "$service" != datasets ] || variant=sandbox from=$FULL
  # The stages that install and compile are the same everywhere:
  # what they leave is here already, and takes their place.
  buildah build -q --build-context "build=$work/$service" \
    --build-arg BASE="$from" --build-arg SERVICE="$service" --build-arg VARIANT="$variant" \
    -f deploy/docker/service/Containerfile -t "noema/$service:0.1.0" "$work/$service" >/dev/null
  container=$(buildah from "noema/$service:0.1.0")
  root=$(buildah mount "$container")
  total=$(du -sm "$root" | cut -f1) own=$(du -sm "$root/app" | cut -f1)
  echo "images: noema/$service:0.1.0 has $total MB, $own MB of them its own," \
    "$(grep -c '"bom-ref"' "$root/app/sbom.cdx.json") packages in its bill of materials"
  config=$(buildah inspect --type image "noema/$service:0.1.0" \
    | node -p 'JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).OCIv1.config)') \
    && node deploy/dist/test/prove-image.main.js "$service" "$root" "$config" || failed=1
  buildah umount "$container" >/dev/null; buildah rm "$container" >/dev/null
  rm -rf "${work:?}/$service"
done
exit "${failed:-0}"
