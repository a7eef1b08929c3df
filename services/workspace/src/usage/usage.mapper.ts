import type { ServiceUsage as Message } from '@noema/contracts/noema/workspace/v1/usage';
import { DomainError, type ServiceUsage } from '@noema/kernel';

/** Throws `invalid` USAGE_MISSING. */
export function usageOfMessage(message: Message | undefined): ServiceUsage {
  if (message === undefined)
    throw new DomainError('invalid', 'USAGE_MISSING', 'usage is missing; say what the team uses', {
      violations: [{ field: 'usage', description: 'is missing' }],
    });
  const { samples, storedBytes, queuedJobs, runningJobs, gpuSeconds, compute } = message;
  return {
    samples,
    storedBytes,
    queuedJobs,
    runningJobs,
    gpuSeconds,
    compute: compute.map(({ day, device, seconds }) => ({ day, device, seconds })),
  };
}
