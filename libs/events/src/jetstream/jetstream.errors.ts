import { JetStreamApiError } from '@nats-io/jetstream';
import { DomainError } from '@noema/kernel';

export const busUnavailable = (why: string, cause?: unknown): DomainError =>
  new DomainError(
    'unavailable',
    'BUS_UNAVAILABLE',
    `the bus does not take messages: ${why}; what was committed is announced when it is back`,
    { cause },
  );

export const busFull = (stream: string, cause: unknown): DomainError =>
  new DomainError(
    'exhausted',
    'BUS_FULL',
    `the stream ${stream} is full of messages that its consumers have not answered yet; raise its ` +
      'limits or add consumers',
    { metadata: { stream, retry_after_seconds: '5' }, cause },
  );

export const busOpen = (servers: readonly string[]): DomainError =>
  new DomainError(
    'precondition',
    'BUS_OPEN',
    `the NATS server at ${servers.join(', ')} takes anybody without credentials, who could forge ` +
      'events; give each service a user with rights of its own (docs/operations.md)',
  );

export const isBusOpen = (error: unknown): boolean =>
  error instanceof DomainError && error.reason === 'BUS_OPEN';

export const isBusFull = (error: unknown): boolean =>
  error instanceof DomainError && error.reason === 'BUS_FULL';

/** Error codes of the server that need different handling. */
const CODE = {
  streamNotFound: 10059,
  consumerNotFound: 10014,
  streamDiffers: 10058,
  messageNotFound: 10037,
  streamFull: 10077,
  storageFull: 10047,
} as const;

const findCode = (error: unknown): number => (error instanceof JetStreamApiError ? error.code : 0);

export const isMissing = (error: unknown): boolean =>
  findCode(error) === CODE.streamNotFound || findCode(error) === CODE.consumerNotFound;
export const isMessageMissing = (error: unknown): boolean => findCode(error) === CODE.messageNotFound;
export const differs = (error: unknown): boolean => findCode(error) === CODE.streamDiffers;
export const isFull = (error: unknown): boolean =>
  findCode(error) === CODE.streamFull || findCode(error) === CODE.storageFull;

/** True if no stream accepts the subject, as after the server has lost its data. */
export const isUnheard = (error: unknown): boolean =>
  error instanceof Error && error.name === 'JetStreamNotEnabled';
