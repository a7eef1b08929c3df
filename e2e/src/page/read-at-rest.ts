import { waitFor } from '@noema/testing';

/** Longest time that a page is given to come to rest, in milliseconds. */
const REST_MS = 30_000;

/**
 * Reads from a page until the reading is good, and returns the last one: charts take a new width, colors another
 * scheme and parts their data some frames after what caused it.
 */
export async function readAtRest<T>(read: () => Promise<T>, isGood: (reading: T) => boolean): Promise<T> {
  let last = await read();
  if (isGood(last)) return last;
  await waitFor(async () => isGood((last = await read())), { timeoutMs: REST_MS }).catch(() => undefined);
  return last;
}

export const isEmpty = ({ length }: readonly unknown[]): boolean => length === 0;
