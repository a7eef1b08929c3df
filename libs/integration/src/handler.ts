import { asDomainError, DomainError } from '@noema/kernel';
import type { Awaitable } from './integration.js';
import type { SampleContext } from './sample.js';
import { locateError, locateFunction } from './source-location.js';

export type HandlerRole =
  | 'preprocess'
  | 'input'
  | 'ground-truth'
  | 'metadata'
  | 'visualizer'
  | 'prediction'
  | 'metric'
  | 'loss';

/** A function of an integration. */
export interface Handler {
  readonly role: HandlerRole;
  readonly name: string;
  readonly fn?: object;
}

const titled = ({ role, name }: Handler): string =>
  role === 'preprocess' || role === 'loss' ? role : `${role.replace('-', ' ')} "${name}"`;

/**
 * Runs a handler and the checks of its result. Adds split, sample, handler, file and line to every error. An
 * error of user code becomes `invalid` HANDLER_THREW; a DomainError keeps its reason.
 */
export function runHandler<T>(
  handler: Handler,
  sample: SampleContext<unknown> | undefined,
  work: () => Awaitable<T>,
): Awaitable<T> {
  try {
    const result = work();
    return result instanceof Promise
      ? result.catch((error: unknown) => {
          throw handlerFault(handler, sample, error);
        })
      : result;
  } catch (error) {
    throw handlerFault(handler, sample, error);
  }
}

/** Returns the error of a handler, with split, sample, handler, file and line. */
export function handlerFault(
  handler: Handler,
  sample: SampleContext<unknown> | undefined,
  error: unknown,
): DomainError {
  const ours = error instanceof DomainError;
  // a fault of a file of the data names it; no place in code says more
  const place =
    ours && error.metadata['file'] !== undefined
      ? undefined
      : (locateError(error) ?? (handler.fn === undefined ? undefined : locateFunction(handler.fn)));
  const { message } = asDomainError(error);
  const where = place === undefined ? '' : ` (${place.file}:${place.line})`;
  const whom = `${titled(handler)}${sample === undefined ? '' : ` at ${sample.split} sample "${sample.id}"`}`;
  return new DomainError(
    'invalid',
    ours ? error.reason : 'HANDLER_THREW',
    ours
      ? `${whom}: ${message}${where}`
      : `${whom} threw ${error instanceof Error ? error.name : 'a value'}: ${message}${where}`,
    {
      cause: error,
      metadata: {
        ...(ours ? error.metadata : {}),
        role: handler.role,
        handler: handler.name,
        ...(sample === undefined
          ? {}
          : { split: sample.split, sample_id: sample.id, index: String(sample.index) }),
        ...(place === undefined
          ? {}
          : { file: place.file, line: String(place.line), column: String(place.column) }),
      },
    },
  );
}
