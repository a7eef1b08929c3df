import type { ProcessBounds } from './process.bounds.js';

/** Where the process of user code listens in its pod. */
export const POD_PORT = 7070;
/** Where it keeps the bundle that it is sent. */
export const POD_BUNDLE_ROOT = '/tmp/integration';
/** Labels by which network policies select the pods of user code. */
export const POD_LABELS = {
  'app.kubernetes.io/name': 'integration',
  'app.kubernetes.io/part-of': 'noema',
  'app.kubernetes.io/component': 'sandbox',
} as const;
const NOBODY = 65_533;
/** A pod that its worker has forgotten ends by itself. */
const LONGEST_LIFE_S = 6 * 3600;

export interface PodTemplate extends ProcessBounds {
  readonly image: string;
  /** gVisor, Kata or another runtime that keeps the kernel of the node out of reach. */
  readonly runtimeClass: string;
}

/**
 * One-shot pod of one process of user code: no token, no volume but its own /tmp in memory, no privilege, and
 * everything bounded; accepted under PodSecurity `restricted`.
 */
export function podManifest(
  { image, runtimeClass, memoryBytes, tmpBytes }: PodTemplate,
  {
    command,
    token,
    network,
    bundleRoot,
  }: {
    /** Program of the runtime, with its arguments. */
    readonly command: readonly string[];
    readonly token: string;
    readonly network: boolean;
    readonly bundleRoot: string;
  },
): object {
  const limits = { cpu: '1', memory: String(memoryBytes + tmpBytes), 'ephemeral-storage': '64Mi' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'noema-integration-',
      labels: { ...POD_LABELS, 'noema.dev/network': network ? 'allowed' : 'none' },
    },
    spec: {
      runtimeClassName: runtimeClass,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: LONGEST_LIFE_S,
      hostname: 'integration',
      ...(network ? {} : { dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'] } }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NOBODY,
        runAsGroup: NOBODY,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'integration',
          image,
          command: [...command, '--listen', String(POD_PORT), token, bundleRoot],
          ports: [{ containerPort: POD_PORT }],
          resources: { limits, requests: { ...limits, cpu: '100m' } },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: String(tmpBytes) } }],
    },
  };
}
