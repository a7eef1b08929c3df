import { DomainError } from '@noema/kernel';
import { storeFailed, storeFull } from '../artifact.errors.js';

/** Returns the errno name of a Node system error. */
export const findCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const OF_THE_SYSTEM = /^E[A-Z0-9]+$/;

/** Converts a fault of the file system to a DomainError. Errors of the writer's source pass unchanged. */
export function fileFault(what: string, error: unknown): unknown {
  const code = findCode(error);
  if (
    error instanceof DomainError ||
    code === undefined ||
    !OF_THE_SYSTEM.test(code) ||
    code.startsWith('ERR_')
  )
    return error;
  return FULL.has(code) ? storeFull(what, error) : storeFailed(what, error);
}

/** Runs file work and converts the system's faults to DomainErrors. */
export async function withFileFaults<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileFault(what, error);
  }
}
