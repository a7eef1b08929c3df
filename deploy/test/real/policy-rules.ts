import { BlockList } from 'node:net';

type Labels = Readonly<Record<string, string>>;
interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port?: number | string; readonly protocol?: string }[];
}

/** A NetworkPolicy. Ranges of ports (`endPort`) are not read. */
export interface Policy {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly ('Ingress' | 'Egress')[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

/** A pod with the ports that its containers name. */
export interface PolicyPod {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly labels: Labels;
  readonly ports: Readonly<Record<string, number>>;
}

/**
 * Whether policies let a pod connect to a TCP port of another one: some rule of the caller's policies for Egress and
 * some rule of the target's for Ingress, where policies select them (Kubernetes, NetworkPolicy v1).
 */
export function isAllowed(
  policies: readonly Policy[],
  namespaces: ReadonlyMap<string, Labels>,
  from: PolicyPod,
  to: PolicyPod,
  port: number,
): boolean {
  const allows = (direction: 'Ingress' | 'Egress', selected: PolicyPod, other: PolicyPod): boolean => {
    const own = policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === selected.namespace &&
        spec.policyTypes.includes(direction) &&
        matches(spec.podSelector, selected.labels),
    );
    if (own.length === 0) return true;
    return own.some(({ metadata, spec }) =>
      (direction === 'Ingress' ? (spec.ingress ?? []) : (spec.egress ?? [])).some(
        (rule) =>
          hasPort(rule, to, port) && hasPeer(rule.from ?? rule.to, metadata.namespace, namespaces, other),
      ),
    );
  };
  return allows('Egress', from, to) && allows('Ingress', to, from);
}

function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const isListed = labels[key] !== undefined && values.includes(labels[key]);
      if (operator === 'In') return isListed;
      if (operator === 'NotIn') return !isListed;
      return (labels[key] !== undefined) === (operator === 'Exists');
    })
  );
}

const hasPort = ({ ports }: Rule, { ports: named }: PolicyPod, port: number): boolean =>
  ports === undefined ||
  ports.length === 0 ||
  ports.some(
    (one) =>
      (one.protocol ?? 'TCP') === 'TCP' &&
      (one.port === undefined || (typeof one.port === 'number' ? one.port : named[one.port]) === port),
  );

function hasPeer(
  peers: readonly Peer[] | undefined,
  namespace: string,
  namespaces: ReadonlyMap<string, Labels>,
  pod: PolicyPod,
): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock !== undefined)
      return (
        isInside(ipBlock.cidr, pod.address) &&
        !(ipBlock.except ?? []).some((cidr) => isInside(cidr, pod.address))
      );
    const isInSpace =
      namespaceSelector === undefined
        ? pod.namespace === namespace
        : matches(namespaceSelector, namespaces.get(pod.namespace) ?? {});
    return isInSpace && (podSelector === undefined || matches(podSelector, pod.labels));
  });
}

function isInside(cidr: string, address: string): boolean {
  const [net = '', prefix] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(net, Number(prefix), 'ipv4');
  return list.check(address, 'ipv4');
}
