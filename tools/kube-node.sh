#!/usr/bin/env bash
# A real Kubernetes of one node, in namespaces of its own: `tools/kube-node.sh DIR` serves until it is ended,
# and everything of it ends with it. Network interfaces, iptables rules, mounts and processes are the
# namespaces', so the machine never has them; state, logs and sockets are in DIR; its cgroups are below
# /sys/fs/cgroup/*/noema-kube-<name of DIR>. SIGTERM to DIR/pid ends it (so does SIGKILL to what was started),
# and then `tools/kube-node.sh --sweep DIR` removes what is left. Needs root,
# what `tools/kube.sh node` builds, and Debian's containerd, runc, containernetworking-plugins, iptables,
# ipset, conntrack and etcd-server. DIR/pid is the process whose namespaces they are; DIR/kubeconfig works in
# its network (`nsenter --target "$(cat DIR/pid)" --net`). A program of the node that is ended while
# DIR/NAME.again exists is started again, so that its crash can be tried.
set -euo pipefail
self=$(readlink -f "$0")
programs=$(readlink -f "$(dirname "$self")/../.tools/kube")
node_ip=192.168.250.2 gateway=192.168.250.1 pods=10.244.0.0/24 services=10.96.0.0/16 dns=10.96.0.10
# What the kubelet sets for the whole machine, and what it sets it to.
tunables='vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000'

# Lines `controller path`, for those that are mounted: `memory /sys/fs/cgroup/memory`.
hierarchies() { awk '$3 == "cgroup" { n = split($2, part, "/"); print part[n], $2 }' /proc/mounts; }

sweep() {
  local name path left
  name=noema-kube-$(basename "$1")
  while read -r _ path; do
    [ -d "$path/$name" ] || continue
    for _ in $(seq 50); do
      left=$(find "$path/$name" -name cgroup.procs -exec cat {} + 2>/dev/null || true)
      [ -n "$left" ] || break
      sleep 0.1
    done
    find "$path/$name" -depth -type d -exec rmdir {} + 2>/dev/null || true
    [ ! -d "$path/$name" ] || { echo "kube-node: $path/$name is in use: $left"; exit 1; }
  done < <(hierarchies)
  rm -rf "$1"
}

# Joins cgroups of its own and starts again in namespaces whose root these are.
outside() {
  local name controller path
  name=noema-kube-$(basename "$dir")
  while read -r controller path; do
    mkdir -p "$path/$name"
    if [ "$controller" = cpuset ]; then
      cat "$path/cpuset.cpus" > "$path/$name/cpuset.cpus"
      cat "$path/cpuset.mems" > "$path/$name/cpuset.mems"
    fi
    # What the machine runs for the node, such as its clients, is one process of many.
    [ "$controller" != cpu ] || echo 4096 > "$path/$name/cpu.shares"
    [ "$controller" != memory ] || echo 1 > "$path/$name/memory.use_hierarchy" 2>/dev/null || true
    echo $$ > "$path/$name/cgroup.procs"
  done < <(hierarchies)
  exec unshare --mount --net --ipc --uts --cgroup --pid --fork --kill-child=KILL "$self" --inside "$dir"
}

mounts() {
  local controllers controller folder pair
  read -r host_pid _ < /proc/self/stat # seen from outside, since /proc is still the machine's
  controllers=$(hierarchies)
  mount --make-rprivate /
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  while read -r controller _; do
    mkdir "/sys/fs/cgroup/$controller"
    local option=$controller
    [ "$controller" != systemd ] || option=none,name=systemd
    mount -t cgroup -o "$option" cgroup "/sys/fs/cgroup/$controller"
  done <<< "$controllers"
  # As systemd does: the programs of the node together weigh half of what its pods do.
  mkdir /sys/fs/cgroup/cpu/system
  echo $$ > /sys/fs/cgroup/cpu/system/cgroup.procs
  mount -t tmpfs -o mode=755 tmpfs /run
  for folder in var etc; do
    mkdir -p "$dir/overlay/$folder"/{upper,work}
    mount -t overlay \
      -o "lowerdir=/$folder,upperdir=$dir/overlay/$folder/upper,workdir=$dir/overlay/$folder/work" \
      overlay "/$folder"
  done
  mkdir -p "$dir/tunables"
  for pair in $tunables; do
    local file=$dir/tunables/${pair%=*}
    mkdir -p "$(dirname "$file")"
    echo "${pair#*=}" > "$file"
    mount --bind "$file" "/proc/sys/${pair%=*}"
  done
  mount --make-rshared /
}

network() {
  ip link set lo up
  ip link add eth0 type veth peer name uplink # which leads nowhere: the node has its images
  ip addr add "$node_ip/24" dev eth0
  ip link set uplink up; ip link set eth0 up
  ip route add default via "$gateway" dev eth0
  sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
  hostname node1
  : > /etc/resolv.conf
}

keys() {
  mkdir -p "$dir/pki"; cd "$dir/pki"
  openssl genrsa -out sa.key 2048 2>/dev/null
  openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  openssl req -x509 -newkey rsa:2048 -nodes -keyout kubelet-ca.key -out kubelet-ca.crt -days 2 \
    -subj /CN=kubelet-ca 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -keyout caller.key -out caller.csr \
    -subj /O=system:masters/CN=kube-apiserver 2>/dev/null
  openssl x509 -req -in caller.csr -CA kubelet-ca.crt -CAkey kubelet-ca.key -CAcreateserial -days 2 \
    -out caller.crt 2>/dev/null
  token=$(openssl rand -hex 16)
  echo "$token,admin,admin,\"system:masters\"" > tokens.csv
  chmod 600 tokens.csv ./*.key
  cd "$dir"
}

configurations() {
  mkdir -p "$dir/cni/net.d"
  cat > "$dir/cni/net.d/10-bridge.conflist" <<J
{ "cniVersion": "1.0.0", "name": "pods", "plugins": [
  { "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "ranges": [[{ "subnet": "$pods" }]], "routes": [{ "dst": "0.0.0.0/0" }],
      "dataDir": "$dir/cni/data" } },
  { "type": "portmap", "capabilities": { "portMappings": true } }] }
J
  # Writing oom_score_adj below ours is not permitted everywhere, and runc dies where it is not.
  cat > "$dir/containerd.toml" <<T
version = 2
root = "$dir/containerd"
state = "/run/containerd"
[grpc]
  address = "$dir/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$dir/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "noema.local/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$dir/cni/net.d"
  # A name for one-shot pods of user code. It is runc: it isolates no kernel.
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
T
  cat > "$dir/kubelet.yaml" <<K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: { anonymous: { enabled: false }, webhook: { enabled: true },
  x509: { clientCAFile: $dir/pki/kubelet-ca.crt } }
authorization: { mode: Webhook }
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix://$dir/containerd.sock
failSwapOn: false
failCgroupV1: false
enforceNodeAllocatable: [pods]
clusterDNS: [$dns]
clusterDomain: cluster.local
imageGCHighThresholdPercent: 100 # an image that is removed cannot be pulled again
evictionHard: { memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1% }
resolvConf: /etc/resolv.conf
volumePluginDir: $dir/volume-plugins
K
  cat > "$dir/kubeconfig" <<K
apiVersion: v1
kind: Config
clusters: [{ name: real, cluster: { server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: { token: $token } }]
contexts: [{ name: real, context: { cluster: real, user: admin } }]
current-context: real
K
  chmod 600 "$dir/kubeconfig"
}

declare -A names commands
start() { # name, program, arguments: its log and its process id (in the node) are DIR/name.{log,pid}
  local name=$1; shift
  "$@" >> "$dir/$name.log" 2>&1 &
  echo $! > "$dir/$name.pid"
  names[$!]=$name commands[$name]=${*@Q}
}

# Starts a program again that ended while DIR/name.again was there, and removes that file. Ends with the first
# program that ended without it, and prints its name.
serve() {
  local ended name
  while true; do
    ended=''
    wait -n -p ended || true
    name=${names[${ended:-none}]:-}
    [ -n "$name" ] && [ -e "$dir/$name.again" ] || break
    eval "start $name ${commands[$name]}"
    rm "$dir/$name.again"
  done
  echo "kube-node: ${name:-a program} has ended: see the logs in $dir"
}

inside() {
  trap 'exit 0' TERM INT
  mounts; network; keys; configurations
  echo "$host_pid" > "$dir/pid"
  local admin=("--kubeconfig=$dir/kubeconfig")
  start containerd containerd -c "$dir/containerd.toml"
  start etcd etcd --data-dir "$dir/etcd" --unsafe-no-fsync --log-level error \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380
  start kube-apiserver "$programs/kube-apiserver" --etcd-servers http://127.0.0.1:2379 \
    --advertise-address "$node_ip" --secure-port 6443 --cert-dir "$dir/pki/apiserver" \
    --token-auth-file "$dir/pki/tokens.csv" --authorization-mode Node,RBAC \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$dir/pki/sa.pub" \
    --service-account-signing-key-file "$dir/pki/sa.key" --service-cluster-ip-range "$services" \
    --kubelet-client-certificate "$dir/pki/caller.crt" --kubelet-client-key "$dir/pki/caller.key" \
    --kubelet-preferred-address-types InternalIP --allow-privileged
  local server=$!
  until [ "$(kubectl get --raw /readyz 2>/dev/null)" = ok ]; do kill -0 "$server"; sleep 0.2; done
  start kube-controller-manager "$programs/kube-controller-manager" "${admin[@]}" --leader-elect=false \
    --service-account-private-key-file "$dir/pki/sa.key" --root-ca-file "$dir/pki/apiserver/apiserver.crt" \
    --cert-dir "$dir/pki/controllers"
  start kube-scheduler "$programs/kube-scheduler" "${admin[@]}" --leader-elect=false \
    --cert-dir "$dir/pki/scheduler"
  start kubelet "$programs/kubelet" "${admin[@]}" --config "$dir/kubelet.yaml" --root-dir "$dir/kubelet" \
    --hostname-override node1 --node-ip "$node_ip" --cert-dir "$dir/pki/kubelet"
  start kube-proxy "$programs/kube-proxy" "${admin[@]}" --hostname-override node1 --proxy-mode iptables \
    --cluster-cidr 10.244.0.0/16 --conntrack-max-per-core 0 --conntrack-tcp-timeout-established 0s \
    --conntrack-tcp-timeout-close-wait 0s
  # It ends where the node is not known yet.
  until kubectl get node node1 >/dev/null 2>&1; do sleep 0.2; done
  start kube-router "$programs/kube-router" "${admin[@]}" --hostname-override node1 --run-firewall=true \
    --run-router=false --run-service-proxy=false --run-loadbalancer=false --enable-ipv6=false \
    --service-cluster-ip-range "$services"
  # The node is all of them: it ends with the first that does. Orphans of containers are ours; bash reaps them.
  serve
  exit 1
}
kubectl() { HOME=$dir "$programs/../kubectl" --kubeconfig "$dir/kubeconfig" --cache-dir "$dir/kubectl" "$@"; }

case ${1:-} in
  --sweep) sweep "$2" ;;
  --inside) dir=$2; inside ;;
  '' | -*) echo 'name a folder: tools/kube-node.sh DIR'; exit 64 ;;
  *) mkdir -p "$1"; dir=$(readlink -f "$1"); outside ;;
esac
