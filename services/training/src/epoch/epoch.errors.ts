import { DomainError } from '@noema/kernel';

export const epochNotFound = (runId: string, epoch: number): DomainError =>
  new DomainError(
    'not-found',
    'EPOCH_NOT_FOUND',
    epoch === 0
      ? `run "${runId}" has no finished epoch yet`
      : `run "${runId}" has no finished epoch ${epoch}; list its epochs`,
    { metadata: { run_id: runId, epoch: String(epoch) } },
  );
