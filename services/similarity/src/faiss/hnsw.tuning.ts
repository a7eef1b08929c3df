import { indexDamaged } from './faiss.errors.js';

/**
 * Where the vectors of an HNSW index begin in the bytes that faiss writes: fourcc, d, ntotal, two unused,
 * is_trained, metric.
 */
const FIRST_VECTOR = 37;
/** Bytes of an element: level probabilities, neighbours per level, levels, offsets, links. */
const ELEMENTS = [8, 4, 4, 8, 4];
/**
 * The numbers behind them: entry point, highest level, efConstruction, efSearch, each int32; and what faiss
 * sets.
 */
const USUAL = { efConstruction: 40, efSearch: 16 };

/** How widely an index searches when it inserts a row, and when it answers. */
export interface HnswBreadth {
  readonly efConstruction?: number;
  readonly efSearch?: number;
}

/**
 * The bytes of an HNSW index with other breadths (Malkov & Yashunin 2018): the bytes contain them, and faiss
 * stops at `efSearch` however many neighbours are requested. Throws `data-loss` INDEX_DAMAGED when the bytes
 * do not have the layout of the pinned version.
 */
export function withBreadth(
  bytes: Uint8Array,
  { efConstruction = USUAL.efConstruction, efSearch = USUAL.efSearch }: HnswBreadth,
): Uint8Array {
  const tuned = new Uint8Array(bytes);
  const view = new DataView(tuned.buffer);
  let at = FIRST_VECTOR;
  for (const size of ELEMENTS) {
    if (at + 8 > tuned.length) throw indexDamaged('it is no HNSW index of this version');
    at += 8 + size * Number(view.getBigUint64(at, true));
  }
  const known =
    at + 16 <= tuned.length &&
    Buffer.from(tuned.buffer, 0, 4).toString() === 'IHNf' &&
    view.getInt32(at + 12, true) === USUAL.efSearch;
  if (!known) throw indexDamaged('it is no HNSW index of this version');
  view.setInt32(at + 8, efConstruction, true);
  view.setInt32(at + 12, efSearch, true);
  return tuned;
}
