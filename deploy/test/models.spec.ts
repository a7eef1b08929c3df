import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { ConfigMap, Pod, Service, ServiceAccount } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { hasHelm } from '../src/helm.program.js';
import { type KubeObject, rendered, VALUES_NAMES } from './rendered.js';

interface Model {
  validate(): void;
}
const MODELS: Readonly<Record<string, new (data: never) => Model>> = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  StatefulSet,
};
/** Kinds that operators define; the API server of kube.e2e knows their definitions. */
const CUSTOM = ['ScaledJob', 'ServiceMonitor', 'PrometheusRule'];

/** Throws with what the schema of Kubernetes says; of a scaled job, its job is looked at. */
function validate(object: KubeObject): void {
  if (object.kind === 'ScaledJob')
    return new Job({ metadata: object.metadata, spec: object.spec.jobTargetRef }).validate();
  if (CUSTOM.includes(object.kind)) return;
  const Kind = MODELS[object.kind];
  if (Kind === undefined) throw new Error(`no schema for ${object.kind}; add it to MODELS`);
  new Kind(object as never).validate();
}

describe.skipIf(!hasHelm())('the schemas of Kubernetes', () => {
  it.each(VALUES_NAMES)('hold for every object of values/%s', async (name) => {
    for (const object of await rendered(name))
      expect(() => {
        validate(object);
      }, `${object.kind} ${object.metadata.name}`).not.toThrow();
  });
  it('do not hold for an object with a fault', async () => {
    const deployment = structuredClone(
      (await rendered('external')).find(({ kind }) => kind === 'Deployment')!,
    );
    deployment.spec.template.spec.containers[0].ports[0].containerPort = 'http';
    expect(() => {
      validate(deployment);
    }).toThrow(/containerPort/);
  });
});
