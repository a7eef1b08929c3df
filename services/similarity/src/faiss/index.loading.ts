import { createHash } from 'node:crypto';
import { DomainError } from '@noema/kernel';
import type { Points } from '@noema/manifold';
import { indexDamaged } from './faiss.errors.js';
import type { FaissCall } from './faiss.messages.js';
import type { Frame } from './frame.js';
import { withBreadth } from './hnsw.tuning.js';

/** Values and bytes of one message to or from the child. */
const VALUES = 1 << 18;
const BYTES = 1 << 22;

/**
 * Options of `fill`: a description for faiss' factory, and how widely an HNSW index searches when it inserts.
 */
export interface Filling {
  readonly description: string;
  readonly efConstruction?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Makes an index in the child and adds all n vectors, in the order of the rows. */
export async function fill(
  call: FaissCall,
  n: number,
  frame: Frame,
  { description, efConstruction, signal }: Filling,
): Promise<void> {
  const { dimensions, metric } = frame;
  await call({ op: 'create', dimensions, description, metric });
  if (efConstruction !== undefined) await give(call, withBreadth(await save(call), { efConstruction }));
  const step = Math.max(1, Math.floor(VALUES / dimensions));
  for (let from = 0; from < n; from += step) {
    signal?.throwIfAborted();
    await call({ op: 'add', values: frame.rows(from, Math.min(n, from + step)) });
  }
}

/** The child's index as bytes. */
export async function save(call: FaissCall): Promise<Uint8Array> {
  const { sizeBytes } = await call({ op: 'serialize' });
  const bytes = new Uint8Array(sizeBytes);
  for (let from = 0; from < sizeBytes; from += BYTES)
    bytes.set(await call({ op: 'read', from, to: Math.min(sizeBytes, from + BYTES) }), from);
  return bytes;
}

/**
 * Gives the child the bytes of an index of these vectors, which were unsealed: it does not look at them
 * itself. Throws `data-loss` INDEX_DAMAGED.
 */
export async function load(call: FaissCall, { n, d }: Points, bytes: Uint8Array): Promise<void> {
  const { rows, dimensions } = await give(call, bytes);
  if (rows !== n || dimensions !== d)
    throw indexDamaged(`it holds ${rows} × ${dimensions} values, not ${n} × ${d}`);
}

async function give(call: FaissCall, bytes: Uint8Array): Promise<{ rows: number; dimensions: number }> {
  for (let from = 0; from < bytes.length; from += BYTES)
    await call({ op: 'write', bytes: bytes.subarray(from, from + BYTES) });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return call({ op: 'load', sha256 }).catch((error: unknown) => {
    throw error instanceof DomainError && error.kind === 'internal' ? indexDamaged(error.message) : error;
  });
}
