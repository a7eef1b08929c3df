#!/usr/bin/env bash
# A real Kubernetes control plane for the tests of the charts, into .tools/kube: kube-apiserver,
# kube-controller-manager, kube-scheduler and kwok (which plays the nodes) are compiled from the Go module
# proxy, the definitions of KEDA's and the Prometheus operator's objects come from their modules, etcd from
# Debian. All of them are Apache-2.0 and none is part of what ships. Once some 6 minutes on two cores;
# afterwards nothing. Without it those tests are skipped. `tools/kube.sh node` also builds what a real node
# runs: kubelet, kube-proxy, CoreDNS, kube-router, KEDA's operator and a sleeper for the sandbox of each pod.
# `tools/kube.sh metrics` builds what watches it: Prometheus (which finds its targets by Kubernetes alone, and has
# no page) with its tester of rules, the Prometheus operator, and the reloader of its configuration.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/apt.sh
kubernetes=1.34.4 kwok=v0.8.0 keda=v2.21.0 operator=v0.85.0 coredns=v1.15.0 router=v2.1.0 pause=1
prometheus=v0.314.0 # 3.14.0
what=${1:-control-plane}
out=$PWD/.tools/kube
mkdir -p "$out/crds" "$out/stages"
say() { echo "kube: $*"; }
have() { [ -x "$out/$1" ] && [ "$(cat "$out/$1.version" 2>/dev/null)" = "$2" ]; }
packages=(etcd:etcd-server)
if [ "$what" = node ]; then
  packages+=(containerd:containerd runc:runc iptables:iptables ipset:ipset conntrack:conntrack)
  packages+=(/usr/lib/cni/bridge:containernetworking-plugins buildah:buildah debootstrap:debootstrap)
fi
absent=()
for pair in "${packages[@]}"; do command -v "${pair%:*}" >/dev/null || absent+=("${pair#*:}"); done
[ "${#absent[@]}" = 0 ] || apt_install "${absent[@]}" || say "missing: ${absent[*]}"
if ! command -v go >/dev/null; then
  say 'no Go compiler (1.24 or later); the tests on a real Kubernetes are skipped'
  exit 0
fi
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
folder_of() { # module@version
  (cd "$work" && go mod download -json "$1" \
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')
}

control_plane() {
  local names=(
    'kube-apiserver:NewAPIServerCommand()'
    'kube-controller-manager:NewControllerManagerCommand()'
    'kube-scheduler:NewSchedulerCommand()'
  )
  if [ "$what" = node ]; then
    names+=('kubelet:NewKubeletCommand(context.Background())' 'kube-proxy:NewProxyCommand()')
  fi
  local missing=0 name source of
  for name in "${names[@]}"; do have "${name%%:*}" "$kubernetes" || missing=1; done
  if [ "$missing" = 0 ]; then return; fi
  cd "$work"
  source=$(folder_of "k8s.io/kubernetes@v$kubernetes")
  # Kubernetes replaces its staging modules by folders that the module archive lacks:
  # point them at their published twins.
  {
    printf 'module example.test/kube\ngo 1.24.0\nrequire k8s.io/kubernetes v%s\nreplace (\n' "$kubernetes"
    grep -oE '^[[:space:]]*k8s\.io/[a-z0-9-]+ v0\.0\.0([[:space:]]|$)' "$source/go.mod" \
      | awk '{print $1}' | sort -u \
      | while read -r module; do echo "  $module => $module v0.${kubernetes#1.}"; done
    printf ')\n'
  } > go.mod
  for name in "${names[@]}"; do
    mkdir -p "${name%%:*}"
    cat > "${name%%:*}/main.go" <<GO
package main

import (
	"context"
	"os"

	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubernetes/cmd/${name%%:*}/app"
)

var _ = context.Background

func main() { os.Exit(cli.Run(app.${name#*:})) }
GO
  done
  go mod tidy >log 2>&1 || { tail -n 5 log; return 1; }
  of=k8s.io/component-base/version
  local flags=(
    -s -w "-X $of.gitVersion=v$kubernetes" "-X $of.gitMajor=1" "-X $of.gitMinor=34"
    "-X k8s.io/client-go/pkg/version.gitVersion=v$kubernetes"
  )
  for name in "${names[@]}"; do
    name=${name%%:*}
    if have "$name" "$kubernetes"; then continue; fi
    CGO_ENABLED=0 go build -p 2 -trimpath -ldflags "${flags[*]}" -o "$out/$name" "./$name"
    echo "$kubernetes" > "$out/$name.version"; say "$name $kubernetes built"
  done
}

command_of() { # program, its package, version, build tags
  local program=$1 package=$2 version=$3 tags=${4:-}
  if have "$program" "$version"; then return; fi
  mkdir -p "$work/$program" && cd "$work/$program"
  printf 'module example.test/%s\ngo 1.24.0\n' "$program" > go.mod
  go get "$package@$version" >log 2>&1 || { tail -n 5 log; return 1; }
  CGO_ENABLED=0 go build -p 2 -trimpath -tags "$tags" -ldflags '-s -w' -o "$out/$program" "$package"
  echo "$version" > "$out/$program.version"; say "$program $version built"
}

# Holds the namespaces of a pod, as Kubernetes' pause image does.
sleeper() {
  if have pause "$pause"; then return; fi
  mkdir -p "$work/pause" && cd "$work/pause"
  printf 'module example.test/pause\ngo 1.24.0\n' > go.mod
  cat > main.go <<'GO'
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	<-end
}
GO
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$out/pause" .
  echo "$pause" > "$out/pause.version"; say 'pause built'
}

# The objects of KEDA's own installation, with an image that the node has.
keda_objects() {
  local source
  if [ "$(cat "$out/keda-objects/version" 2>/dev/null)" = "$keda" ]; then return; fi
  source=$(folder_of "github.com/kedacore/keda/v2@$keda")/config
  rm -rf "$out/keda-objects"; mkdir -p "$out/keda-objects"
  install -m 644 "$source"/crd/bases/*.yaml "$source"/rbac/role{,_binding}.yaml "$source"/manager/manager.yaml \
    "$source"/service_account/service_account.yaml "$out/keda-objects/"
  sed -i -e "s|image: .*|image: noema.local/keda:${keda#v}|" -e 's/imagePullPolicy: .*/imagePullPolicy: Never/' \
    -e "s/^\( *\)runAsNonRoot: true/&\n\1runAsUser: 65532/" "$out/keda-objects/manager.yaml"
  echo "$keda" > "$out/keda-objects/version"
}

# The objects of the operator's own installation.
metrics_objects() {
  local source folder=$out/metrics-objects
  if [ "$(cat "$folder/version" 2>/dev/null)" = "$operator" ]; then return; fi
  rm -rf "$folder"; mkdir -p "$folder"
  source=$(folder_of "github.com/prometheus-operator/prometheus-operator@$operator")/example
  install -m 644 "$source"/prometheus-operator-crd/*.yaml "$folder/"
  install -m 644 "$source"/rbac/prometheus-operator/prometheus-operator-{cluster-role{,-binding},deployment}.yaml \
    "$source"/rbac/prometheus-operator/prometheus-operator-service-account.yaml \
    "$source"/rbac/prometheus/prometheus-{cluster-role{,-binding},service-account}.yaml "$folder/"
  sed -i -e 's/namespace: default$/namespace: monitoring/' "$folder"/prometheus-*.yaml
  echo "$operator" > "$folder/version"
}

definitions() {
  local stages keda_crds prometheus_crds
  if [ "$(cat "$out/crds/version" 2>/dev/null)" = "$keda $operator $kwok" ]; then return; fi
  keda_crds=$(folder_of "github.com/kedacore/keda/v2@$keda")/config/crd/bases
  prometheus_crds=$(folder_of "github.com/prometheus-operator/prometheus-operator@$operator")
  prometheus_crds+=/example/prometheus-operator-crd
  install -m 644 "$keda_crds/keda.sh_scaledjobs.yaml" "$out/crds/"
  install -m 644 "$prometheus_crds"/monitoring.coreos.com_{servicemonitors,prometheusrules}.yaml "$out/crds/"
  stages=$(folder_of "sigs.k8s.io/kwok@$kwok")/kustomize/stage
  for stage in "$stages"/{node/fast,node/heartbeat,pod/fast}/*.yaml; do
    case $stage in */kustomization.yaml) ;; *) cat "$stage"; printf '\n---\n' ;; esac
  done > "$out/stages/stages.yaml"
  echo "$keda $operator $kwok" > "$out/crds/version"
  say "definitions of KEDA $keda and the Prometheus operator $operator"
}

if [ "$what" = metrics ]; then
  of=github.com/prometheus-operator/prometheus-operator/cmd
  for name in prometheus promtool; do
    (command_of "$name" "github.com/prometheus/prometheus/cmd/$name" "$prometheus" \
      remove_all_sd,enable_kubernetes_sd)
  done
  (command_of prometheus-operator "$of/operator" "$operator")
  (command_of prometheus-config-reloader "$of/prometheus-config-reloader" "$operator")
  (metrics_objects)
  say "Prometheus ${prometheus/v0.3/3.} in .tools/kube"
  exit 0
fi
(control_plane)
(definitions)
if [ "$what" = node ]; then
  (sleeper)
  (command_of coredns github.com/coredns/coredns "$coredns")
  (command_of kube-router github.com/cloudnativelabs/kube-router/v2/cmd/kube-router "$router")
  (command_of keda github.com/kedacore/keda/v2/cmd/operator "$keda")
  (keda_objects)
  say "a node of Kubernetes $kubernetes in .tools/kube"
  exit 0
fi
(command_of kwok sigs.k8s.io/kwok/cmd/kwok "$kwok")
say "a control plane of Kubernetes $kubernetes in .tools/kube"
