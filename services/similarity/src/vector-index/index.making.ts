import type { Points } from '@noema/manifold';
import { measureRecall, RECALL_K } from './recall.js';
import { PartialIndex, partWithout } from './partial.index.js';
import type { RowMask } from '../activation-set/row-mask.js';
import type { IndexKindAdapter, SearchableIndex, VectorIndex } from './vector-index.js';

/** Source of an index: the vectors of the population, and rows that are left out. */
export interface IndexSource {
  readonly vectors: Points;
  readonly leftOut: RowMask | undefined;
}

type Parameters = VectorIndex['params'];

/**
 * The bytes of an index of a kind, `undefined` for a kind that needs none, and its measured recall; `onBuilt`
 * is called between the two.
 */
export async function buildIndex(
  kind: IndexKindAdapter,
  source: IndexSource,
  params: Parameters,
  { signal, onBuilt }: { readonly signal?: AbortSignal; readonly onBuilt?: () => void } = {},
): Promise<{ readonly bytes: Uint8Array | undefined; readonly recall: number }> {
  const { vectors, leftOut } = source;
  const bytes = await kind.build(
    leftOut === undefined ? vectors : partWithout(vectors, leftOut).vectors,
    params,
    signal,
  );
  const opened = await openIndex(kind, source, params, bytes);
  try {
    onBuilt?.();
    return { bytes, recall: await opened.measure(signal) };
  } finally {
    await opened.search.close();
  }
}

/**
 * An index that answers with the population's rows, and a measurement of its recall among the rows that it
 * has.
 */
export interface Searchable {
  readonly search: SearchableIndex;
  measure(signal?: AbortSignal): Promise<number>;
}

/**
 * Opens an index of a kind. Throws `data-loss` INDEX_DAMAGED when the bytes are not an index of these
 * vectors.
 */
export async function openIndex(
  kind: IndexKindAdapter,
  { vectors, leftOut }: IndexSource,
  params: Parameters,
  bytes: Uint8Array | undefined,
): Promise<Searchable> {
  const part = leftOut === undefined ? undefined : partWithout(vectors, leftOut);
  const held = part?.vectors ?? vectors;
  const inner = await kind.open(held, params, bytes);
  return {
    search: part === undefined ? inner : new PartialIndex(inner, part.rows),
    measure: (signal) =>
      measureRecall(held, inner, { k: Math.min(RECALL_K, held.n - 1), ...(signal && { signal }) }),
  };
}
