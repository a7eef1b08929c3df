/** Address of the DNS, which the kubelet writes into pods. */
const DNS = '10.96.0.10';
/** Names of the outside world, which pods of the cluster stand for. */
export const OUTSIDE = { 'noema.example.org': '10.96.0.20', 'login.example.org': '10.96.0.21' } as const;
const COREFILE = `.:53 {
  errors
  health
  ready
  hosts {
${Object.entries(OUTSIDE)
  .map(([name, address]) => `    ${address} ${name}\n`)
  .join('')}    fallthrough
  }
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods insecure
    ttl 30
  }
  cache 30
}`;

const labels = { 'k8s-app': 'kube-dns' };
const inSystem = (name: string) => ({ name, namespace: 'kube-system' });

/** Names: CoreDNS as a pod with the labels that NetworkPolicies know it by. */
const DNS_OBJECTS = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inSystem('coredns') },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'coredns' },
    rules: [
      {
        apiGroups: [''],
        resources: ['endpoints', 'services', 'pods', 'namespaces'],
        verbs: ['list', 'watch'],
      },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'coredns' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'coredns' },
    subjects: [{ kind: 'ServiceAccount', ...inSystem('coredns') }],
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: inSystem('coredns'), data: { Corefile: COREFILE } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: inSystem('coredns'),
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'coredns',
          dnsPolicy: 'Default',
          containers: [
            {
              name: 'coredns',
              image: 'noema.local/coredns:1.15.0',
              imagePullPolicy: 'Never',
              args: ['-conf', '/etc/coredns/Corefile'],
              readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
              resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '170Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
              },
              volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: inSystem('kube-dns'),
    spec: {
      clusterIP: DNS,
      selector: labels,
      ports: ['UDP', 'TCP'].map((protocol) => ({ name: protocol.toLowerCase(), port: 53, protocol })),
    },
  },
];

/** A volume in a folder of the node: of the kind `local`, whose owner the kubelet sets to the pod's group. */
const volume = (directory: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '100Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    local: { path: `${directory}/volumes/${name}` },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node1'] }] },
        ],
      },
    },
  },
});

/** Names of the volumes: one for each bundled server. */
export const VOLUMES = ['volume-1', 'volume-2', 'volume-3'];

/** Objects of a cluster without Noema: DNS and volumes in folders of the node. */
export const systemObjects = (directory: string) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: [...DNS_OBJECTS, ...VOLUMES.map((name) => volume(directory, name))],
});
