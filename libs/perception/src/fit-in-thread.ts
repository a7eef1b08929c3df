import { Worker } from 'node:worker_threads';
import { cancelled, DomainError, type ErrorKind } from '@noema/kernel';
import type { Basis, BasisOptions } from './basis.js';
import { decodeBasis, encodeMoments } from './codec.js';
import type { Moments } from './moments.js';
import type { PerceptionSpace } from './perception-space.js';
import type { ResponseLayout } from './response-layout.js';

/** What the thread gets. */
export interface FitRequest {
  readonly moments: Uint8Array;
  readonly layout: ResponseLayout;
  readonly space: PerceptionSpace;
  readonly options: BasisOptions;
}

interface FitAnswer {
  readonly basis?: Uint8Array;
  readonly fault?: { readonly kind: ErrorKind; readonly reason: string; readonly message: string; readonly metadata: Readonly<Record<string, string>> };
}

/** `fitBasis` in a worker thread, because a thousand units take seconds; same bits, same errors, and `cancelled` when the signal fires. */
export async function fitBasisInThread(
  moments: Moments, layout: ResponseLayout, space: PerceptionSpace = { kind: 'all' }, { signal, ...options }: BasisOptions & { readonly signal?: AbortSignal } = {},
): Promise<Basis> {
  if (signal?.aborted) throw cancelled('fitting the perception basis');
  const workerData: FitRequest = { moments: encodeMoments(moments), layout, space, options };
  const worker = new Worker(new URL('./fit.worker.js', import.meta.url), { workerData });
  const stop = (): void => { void worker.terminate(); };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { basis, fault } = await new Promise<FitAnswer>((resolve, reject) => {
      worker.on('message', resolve).on('error', reject).on('exit', () => {
        reject(signal?.aborted ? cancelled('fitting the perception basis') : new DomainError('internal', 'THREAD_ENDED', 'the thread that fits the basis ended early'));
      });
    });
    if (basis !== undefined) return decodeBasis(basis);
    throw new DomainError(fault!.kind, fault!.reason, fault!.message, { metadata: fault!.metadata });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
