import { DomainError } from '@noema/kernel';

/**
 * Reads what an address of the store gives, from an offset on. The address is a secret: no error names it.
 * Throws `unavailable` ADDRESS_FAILED.
 */
export async function* readAddress(
  url: string,
  offset: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const failed = (why: string, cause?: unknown) =>
    new DomainError(
      'unavailable',
      'ADDRESS_FAILED',
      `the store's address ${why}; try again, or without it by --stream`,
      { cause },
    );
  const { ok, status, body } = await fetch(url, {
    headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw failed('is not reached from here', (error as Error).cause);
  });
  if (!ok || body === null || (offset > 0 && status !== 206)) {
    await body?.cancel();
    throw failed(`answered ${status} to the bytes from ${offset} on`);
  }
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    signal?.throwIfAborted();
    throw failed('broke off', (error as Error).cause);
  }
}
