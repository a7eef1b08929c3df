import { cancelled, DomainError } from '@noema/kernel';
import type { Basis, BasisOptions } from './basis.js';
import { decodeBasis, encodeMoments } from './codec.js';
import { FitThread } from './fit.thread.js';
import type { Moments } from './moments.js';
import type { PerceptionSpace } from './perception-space.js';
import type { ResponseLayout } from './response-layout.js';

/** `fitBasis` in a worker thread, because a thousand units take seconds; same bits, same errors, and `cancelled` when the signal fires. */
export async function fitBasisInThread(
  moments: Moments, layout: ResponseLayout, space: PerceptionSpace = { kind: 'all' }, { signal, ...options }: BasisOptions & { readonly signal?: AbortSignal } = {},
): Promise<Basis> {
  if (signal?.aborted) throw cancelled('fitting the perception basis');
  const thread = FitThread.take(), stop = (): void => { thread.end(); };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { basis, fault } = await thread.fit({ moments: encodeMoments(moments), layout, space, options });
    // It may have answered all the same; it is ended and not given back.
    signal?.throwIfAborted();
    thread.giveBack();
    if (basis !== undefined) return decodeBasis(basis);
    throw new DomainError(fault!.kind, fault!.reason, fault!.message, { metadata: fault!.metadata });
  } catch (error) {
    throw signal?.aborted ? cancelled('fitting the perception basis') : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
