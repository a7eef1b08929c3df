import { DomainError } from '@noema/kernel';

export const adaptationMisfit = (field: string, why: string): DomainError =>
  new DomainError('invalid', 'MODEL_ADAPTATION_INVALID', `the model cannot be adapted: ${why}`, {
    metadata: { field },
    violations: [{ field, description: why }],
  });

export const nothingToAdapt = (output: string): DomainError =>
  new DomainError(
    'precondition',
    'NOTHING_TO_ADAPT',
    `output "${output}" has the classes of the data in their order; run the model unchanged`,
  );
