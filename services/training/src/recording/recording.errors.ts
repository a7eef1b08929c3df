import { DomainError } from '@noema/kernel';

export const recordingInvalid = (field: string, value: unknown, wanted: string): DomainError =>
  new DomainError('invalid', 'RECORDING_INVALID', `${field} is ${JSON.stringify(value)}; give ${wanted}`, {
    violations: [{ field, description: wanted }],
  });

export const recordingNotFound = (runId: string): DomainError =>
  new DomainError('not-found', 'RECORDING_NOT_FOUND', `run "${runId}" is not recorded by a client`, {
    metadata: { run_id: runId },
  });

export const recordingEnded = (runId: string, state: string): DomainError =>
  new DomainError(
    'precondition',
    'RECORDING_ENDED',
    `run ${runId} is ${state} and takes no more records; begin a new recording`,
    { metadata: { run_id: runId, state } },
  );

export const writerUnknown = (writer: number, writers: number): DomainError =>
  new DomainError(
    'invalid',
    'WRITER_UNKNOWN',
    `writer is ${writer}, and the recording has ${writers}; number them from 0`,
    { metadata: { writer: String(writer), writers: String(writers) } },
  );

export const recordGap = (writer: number, sequence: number, last: number): DomainError =>
  new DomainError(
    'precondition',
    'RECORD_GAP',
    `record ${sequence} of writer ${writer} came after record ${last}; send ${last + 1} next`,
    { metadata: { writer: String(writer), sequence: String(sequence), last: String(last) } },
  );

export const epochEnded = (epoch: number, writer: number): DomainError =>
  new DomainError(
    'precondition',
    'RECORDED_EPOCH_ENDED',
    `writer ${writer} has ended epoch ${epoch} already; record the next one, or go back to ${epoch} by a rewind`,
    { metadata: { epoch: String(epoch), writer: String(writer) } },
  );

export const rewindInvalid = (epoch: number, writer: number, ended: number): DomainError =>
  new DomainError(
    'precondition',
    'REWIND_INVALID',
    `writer ${writer} has ended ${ended} epochs and cannot go back to epoch ${epoch}; give 1 to ${ended + 1}`,
    { metadata: { epoch: String(epoch), writer: String(writer), ended: String(ended) } },
  );

export const rewindDiffers = (epoch: number, writer: number, first: number): DomainError =>
  new DomainError(
    'precondition',
    'REWIND_DIFFERS',
    `writer ${writer} goes back to epoch ${epoch}, and another writer went back to epoch ${first}; all writers of a ` +
      'run go back to the same epoch',
    { metadata: { epoch: String(epoch), writer: String(writer), first: String(first) } },
  );

export const rewindsExhausted = (runId: string, limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'REWINDS_EXHAUSTED',
    `run ${runId} went back ${limit} times, which is the limit; begin a new recording`,
    { metadata: { run_id: runId, limit: String(limit) } },
  );

export const branchUnfinished = (epoch: number, first: number): DomainError =>
  new DomainError(
    'precondition',
    'BRANCH_UNFINISHED',
    `the writer went back to epoch ${first} and ends epoch ${epoch} first; end epoch ${first} before later ones`,
    { metadata: { epoch: String(epoch), first: String(first) } },
  );

/** `what` completes "the record has …". */
export const recordInvalid = (what: string): DomainError =>
  new DomainError('invalid', 'RECORD_INVALID', `the record has ${what}`);
