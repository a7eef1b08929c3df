import { DomainError } from '@noema/kernel';
import type { Tensors } from './tensors.js';

const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

export const programInvalid = (cause: unknown): DomainError =>
  new DomainError('invalid', 'PROGRAM_INVALID', `the runtime refuses the program: ${text(cause)}`, { cause });

const OUT_OF_MEMORY = /Failed to allocate memory|bad_alloc|out of memory/i;

/**
 * `unavailable` ENGINE_OUT_OF_MEMORY when the runtime could not get its memory, which is no fault of the
 * program; `invalid` otherwise.
 */
export const programRunFailed = (cause: unknown, feeds: Tensors): DomainError => {
  const shapes = Object.entries(feeds)
    .map(([name, { dataType, dims }]) => `${name} ${dataType}[${dims.join(', ')}]`)
    .join('; ');
  if (OUT_OF_MEMORY.test(text(cause))) {
    return new DomainError(
      'unavailable',
      'ENGINE_OUT_OF_MEMORY',
      `there was not enough memory for the program on ${shapes} (${text(cause)}); use a smaller batch ` +
        'or a machine with more memory, then repeat the call',
      { cause },
    );
  }
  return new DomainError('invalid', 'PROGRAM_RUN_FAILED', `the program failed on ${shapes}: ${text(cause)}`, {
    cause,
  });
};

export const deviceUnavailable = (device: string, cause?: unknown): DomainError =>
  new DomainError(
    'unavailable',
    'DEVICE_UNAVAILABLE',
    `device "${device}" was requested and is not available${cause === undefined ? '' : `: ${text(cause)}`}; ` +
      'run on a node that has it, or choose the backend "cpu"',
    { cause },
  );

/**
 * Whether the words of the runtime speak of the device and not of the program, such as "CUDA failure 719:
 * unspecified launch failure".
 */
export const isDeviceFault = (cause: unknown): boolean =>
  /CUDA (failure|error)|CUDNN|CUBLAS|cuda(Error|Malloc)|device.*(lost|reset)/i.test(text(cause)) &&
  !OUT_OF_MEMORY.test(text(cause));

/**
 * A failure that the worker cannot fix: it releases its work and exits, and a worker on another device
 * continues.
 */
export const deviceLost = (device: string, cause: unknown): DomainError =>
  new DomainError(
    'unavailable',
    'DEVICE_LOST',
    `device "${device}" failed in the middle of the work: ${text(cause)}; the work is taken up on ` +
      `another device, look at the node's driver log`,
    { cause },
  );

export const workerCrashed = (why: string): DomainError =>
  new DomainError(
    'unavailable',
    'ENGINE_WORKER_DIED',
    `the engine's worker ended in the middle of the call (${why}); the call can be repeated, a new ` +
      'worker is ready',
  );

export const engineClosed = (): DomainError =>
  new DomainError('unavailable', 'ENGINE_CLOSED', 'the engine is closed; start a new one');

export const inputUnknown = (name: string, known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'PROGRAM_INPUT_UNKNOWN',
    `the program has no input "${name}"; it has: ${known.join(', ')}`,
    { metadata: { input: name } },
  );

export const inputMissing = (name: string): DomainError =>
  new DomainError('invalid', 'PROGRAM_INPUT_MISSING', `the program's input "${name}" was not given`, {
    metadata: { input: name },
  });

export const outputUnknown = (name: string, known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'PROGRAM_OUTPUT_UNKNOWN',
    `the program has no output "${name}"; it has: ${known.join(', ')}`,
    { metadata: { output: name } },
  );
