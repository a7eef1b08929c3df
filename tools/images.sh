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
# What runs code of users, and which libraries of the smallest Debian that loads.
sandbox=(bubblewrap python3 python3-numpy)
sandbox_libraries=(libbz2-1.0 libcap2 libcom-err2 libcrypt1 libdb5.3 liblzma5 libpcre2-8-0 libselinux1 libtinfo6
  libuuid1 zlib1g)
# Copies packages of a root into a folder, with Node, and their names for scanners, as distroless images have.
slim() { # folder, root, packages
  local out=$1 root=$2 admin=$2/var/lib/dpkg name path
  shift 2
  rm -rf "$out"
  mkdir -p "$out"/{dev,proc,run,sys,etc/ssl/certs,tmp,usr/{bin,sbin,lib,lib64,local/bin},var/lib/dpkg/status.d}
  chmod 1777 "$out/tmp"
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$out/$name"; done
  for name in "$@"; do
    dpkg-query --admindir="$admin" -s "$name" > "$out/var/lib/dpkg/status.d/$name"
    dpkg-query --admindir="$admin" -L "$name" | while read -r path; do
      [ "$name" != util-linux ] || [ "$path" = /usr/bin/prlimit ] || continue
      case $path in */gconv/* | */doc/* | */man/* | */numpy/*/tests/*) continue ;; esac
      [ -d "$root$path" ] && [ ! -L "$root$path" ] || [ ! -e "$root$path" ] \
        || { mkdir -p "$out$(dirname "$path")" && cp -a "$root$path" "$out$path"; }
    done
  done
  cp -L "$root/etc/ssl/certs/ca-certificates.crt" "$out/etc/ssl/certs/"
  printf 'root:x:0:0:root:/root:/bin/sh\nnoema:x:65532:65532:noema:/tmp:/bin/false\n' > "$out/etc/passwd"
  printf 'root:x:0:\nnoema:x:65532:\n' > "$out/etc/group"
  cp "$(command -v node)" "$out/usr/local/bin/node"
  if command -v strip >/dev/null; then strip "$out/usr/local/bin/node"; fi
}
packages_of() { dpkg-query --admindir="$1/var/lib/dpkg" -W -f '${Package}\n' | sort; }
# The root of the service that runs code of users, from a whole Debian with what that needs.
slim_sandbox() { # folder
  local full=$work/sandbox-full link added missing
  rm -rf "$full"; cp -a "$work/rootfs" "$full"
  cp /etc/resolv.conf "$full/etc/"
  chroot "$full" sh -c 'apt-get update && apt-get install -y --no-install-recommends "$@"' - "${sandbox[@]}" \
    >"$work/sandbox.log" 2>&1 || { tail -n 5 "$work/sandbox.log"; return 1; }
  mapfile -t added < <(comm -13 <(packages_of "$work/rootfs") <(packages_of "$full"))
  slim "$1" "$full" "${runtime[@]}" "${sandbox_libraries[@]}" "${added[@]}"
  # What the packages made when they were installed: the links of alternatives, and modules compiled for Python.
  mkdir -p "$1/etc/alternatives"
  find "$full/usr/lib" -type l -lname '/etc/alternatives/*' | while read -r link; do
    cp -a "$link" "$1${link#"$full"}"
    cp -a "$full$(readlink "$link")" "$1/etc/alternatives/"
  done
  (cd "$full" && find usr/lib/python3* -name '*.pyc' -not -path '*/tests/*' -print0 | tar -c --null -T -) \
    | tar -x -C "$1"
  missing=$(find "$1"/usr/bin/{bwrap,python3.*} "$1/usr/lib" -type f \( -name '*.so*' -o -perm -1 \) \
    | while read -r link; do
      chroot "$1" /lib64/ld-linux-x86-64.so.2 --list "${link#"$1"}" 2>/dev/null | grep 'not found' || true
    done)
  [ -z "$missing" ] || { echo "images: the root of the sandbox lacks $missing"; return 1; }
  rm -rf "$full"
}
base() { # name, folder
  local container
  if buildah inspect --type image "$1" >/dev/null 2>&1; then return; fi
  container=$(buildah from scratch)
  buildah copy -q "$container" "$2" / >/dev/null
  buildah config --env PATH=/usr/local/bin:/usr/bin:/bin "$container"
  buildah commit -q --rm "$container" "$1" >/dev/null
}
# The page takes a whole Debian, which installs nginx; everything else what runs.
DEBIAN=${BASE:-localhost/noema-base:debian} SANDBOX=${BASE:-localhost/noema-base:sandbox}
if [ -z "${BASE:-}" ]; then
  BASE=localhost/noema-base:slim
  if [ ! -d "$work/rootfs" ]; then
    debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$work/rootfs.part" \
      http://deb.debian.org/debian >"$work/debootstrap.log"
    mv "$work/rootfs.part" "$work/rootfs"
  fi
  rm -rf "$work/rootfs"/var/{cache/apt,lib/apt/lists}/* "$work/rootfs"/usr/share/{doc,man,locale}/*
  base "$DEBIAN" "$work/rootfs"
  [ -d "$work/slim" ] \
    || { slim "$work/slim.part" "$work/rootfs" "${runtime[@]}" && mv "$work/slim.part" "$work/slim"; }
  base "$BASE" "$work/slim"
  if [[ " ${services[*]} " = *' datasets '* ]]; then
    [ -d "$work/sandbox" ] || { slim_sandbox "$work/sandbox.part" && mv "$work/sandbox.part" "$work/sandbox"; }
    base "$SANDBOX" "$work/sandbox"
  fi
fi

for service in "${services[@]}"; do
  if [ "$service" = web ]; then
    buildah build -q --build-arg BASE="$DEBIAN" -f deploy/docker/web/Containerfile \
      -t noema/web:0.1.0 . >/dev/null
    size=$(buildah images --json noema/web:0.1.0 \
      | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8"))[0].size.replace(/ MB$/, "") | 0')
    echo "images: noema/web:0.1.0 has $size MB"
    continue
  fi
  node deploy/dist/src/assemble.main.js "services/$service" "$work/$service/out"
  variant=plain from=$BASE
  [ "$service" != datasets ] || variant=sandbox from=$SANDBOX
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
