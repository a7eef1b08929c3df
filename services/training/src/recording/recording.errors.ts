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
    `writer ${writer} has ended epoch ${epoch} already; record the next one`,
    { metadata: { epoch: String(epoch), writer: String(writer) } },
  );

/** `what` completes "the record has …". */
export const recordInvalid = (what: string): DomainError =>
  new DomainError('invalid', 'RECORD_INVALID', `the record has ${what}`);
