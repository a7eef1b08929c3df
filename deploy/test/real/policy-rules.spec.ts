import { describe, expect, it } from 'vitest';
import { isAllowed, type Policy, type PolicyPod } from './policy-rules.js';

const pod = (name: string, namespace: string, address: string, labels = {}): PolicyPod => ({
  ...{ name, namespace, address },
  labels: { app: name, ...labels },
  ports: { http: 8080, grpc: 8081 },
});
const web = pod('web', 'a', '10.244.0.2');
const api = pod('api', 'a', '10.244.0.3', { tier: 'back' });
const stranger = pod('web', 'b', '10.244.0.4');
const namespaces = new Map([
  ['a', { name: 'a' }],
  ['b', { name: 'b' }],
]);
const policy = (podSelector: object, spec: Partial<Policy['spec']>): Policy => ({
  metadata: { namespace: 'a' },
  spec: { podSelector, policyTypes: ['Ingress', 'Egress'], ...spec },
});
const open = (from: PolicyPod, to: PolicyPod, port: number, ...policies: Policy[]): boolean =>
  isAllowed(policies, namespaces, from, to, port);

describe('what policies let through', () => {
  it('is everything where none selects a pod, and nothing where one without rules does', () => {
    expect(open(web, api, 1)).toBe(true);
    expect(open(web, api, 8081, policy({}, {}))).toBe(false);
    expect(open(web, stranger, 1, policy({ matchLabels: { app: 'api' } }, {}))).toBe(true);
  });

  it('needs a way out and a way in', () => {
    const out = policy(
      { matchLabels: { app: 'web' } },
      { egress: [{ to: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 8081 }] }] },
    );
    const into = policy(
      { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'grpc' }] }] },
    );
    expect(open(web, api, 8081, out, into)).toBe(true);
    expect(open(web, api, 8080, out, into)).toBe(false);
    expect(open(api, web, 8081, out, into)).toBe(false);
    expect(open(web, api, 8081, into, policy({}, {}))).toBe(false);
    expect(open(web, api, 8081, out, policy({}, {}))).toBe(false);
  });

  it('counts pods of another namespace only where it is named, and protocols other than TCP not at all', () => {
    const into = (from: object, ports: Policy['spec']['ingress']) =>
      policy(
        { matchLabels: { app: 'api' } },
        { policyTypes: ['Ingress'], ingress: [{ ...ports?.[0], from: [from] }] },
      );
    const some = { podSelector: { matchLabels: { app: 'web' } } };
    expect(open(stranger, api, 1, into(some, []))).toBe(false);
    expect(open(web, api, 1, into(some, []))).toBe(true);
    const elsewhere = { ...some, namespaceSelector: { matchLabels: { name: 'b' } } };
    expect(open(stranger, api, 1, into(elsewhere, []))).toBe(true);
    expect(open(web, api, 1, into(elsewhere, []))).toBe(false);
    expect(open(web, api, 53, into(some, [{ ports: [{ port: 53, protocol: 'UDP' }] }]))).toBe(false);
  });

  it('counts addresses in a block but for its exceptions', () => {
    const out = (except: readonly string[]) =>
      policy(
        {},
        { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except } }] }] },
      );
    expect(open(web, stranger, 1, out([]))).toBe(true);
    expect(open(web, stranger, 1, out(['10.244.0.4/32']))).toBe(false);
    expect(open(web, pod('far', 'b', '192.168.0.1'), 1, out([]))).toBe(false);
  });
});
