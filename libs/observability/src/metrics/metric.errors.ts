import { DomainError } from '@noema/kernel';

export const metricUnknown = (name: string): DomainError =>
  new DomainError(
    'not-found',
    'METRIC_UNKNOWN',
    `no loaded module declares the metric "${name}"; declare it next to the code that it counts`,
    { metadata: { name } },
  );
