import { asDomainError } from '@noema/kernel';
import { counter, histogram, type OpenSpan, openSpan, withSpan } from '@noema/observability';

const calls = counter({
  name: 'noema_store_calls_total',
  help:
    'Calls to the artifact store by outcome: ok, or the reason of the error, such as STORE_FULL or ' +
    'ARTIFACT_DAMAGED.',
  labels: ['operation', 'outcome'],
});
const seconds = histogram({
  name: 'noema_store_call_seconds',
  help: 'Time of a call to the artifact store; a stream ends with its last piece.',
  labels: ['operation'],
});
const bytes = counter({
  name: 'noema_store_bytes_total',
  help: 'Bytes of objects that were read or written.',
  labels: ['direction'],
});

export type StoreOperation = 'put' | 'get' | 'read' | 'stat' | 'list' | 'delete' | 'presign' | 'sweep';

/** Counts the bytes transferred. */
export const countBytes = (direction: 'read' | 'written', sizeBytes: number): void => {
  bytes.inc({ direction }, sizeBytes);
};

const toSpan = (operation: StoreOperation, attributes: Readonly<Record<string, number>>) =>
  [
    `store ${operation}`,
    { role: 'client', attributes: { 'noema.store.operation': operation, ...attributes } },
  ] as const;

/** Runs one call in a span and counts its outcome. */
export async function observeCall<T>(
  operation: StoreOperation,
  work: (span: OpenSpan) => Promise<T>,
  attributes: Readonly<Record<string, number>> = {},
): Promise<T> {
  const begunMs = performance.now();
  try {
    const answer = await withSpan(...toSpan(operation, attributes), work);
    ended(operation, begunMs);
    return answer;
  } catch (error) {
    ended(operation, begunMs, error);
    throw error;
  }
}

/** Passes a stream on and counts it as one call. A reader that stops early counts as success. */
export async function* observeStream<T>(
  operation: StoreOperation,
  source: AsyncIterable<T>,
  each: (piece: T) => void = () => undefined,
): AsyncIterable<T> {
  const span = openSpan(...toSpan(operation, {}));
  const begunMs = performance.now();
  let failure: unknown;
  try {
    for await (const piece of source) {
      each(piece);
      yield piece;
    }
  } catch (error) {
    failure = error;
    span.fail(error);
    throw error;
  } finally {
    ended(operation, begunMs, failure);
    span.end();
  }
}

function ended(operation: StoreOperation, begunMs: number, error?: unknown): void {
  calls.inc({ operation, outcome: error === undefined ? 'ok' : asDomainError(error).reason });
  seconds.observe({ operation }, (performance.now() - begunMs) / 1000);
}
