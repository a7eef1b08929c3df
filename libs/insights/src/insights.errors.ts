import { DomainError } from '@noema/kernel/domain-error';

export const conditionUnknown = (what: string): DomainError =>
  new DomainError(
    'invalid',
    'CONDITION_UNKNOWN',
    `the membership of this insight depends on "${what}", which these samples do not have`,
    { metadata: { what } },
  );
