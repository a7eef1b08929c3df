export { type Found, type IndexKindAdapter, type SearchableIndex } from './vector-index/vector-index.js';
export { measureRecall } from './vector-index/recall.js';
export { exactKind } from './vector-index/exact.index.js';
export { faissFlatKind, faissHnswKind } from './faiss/faiss.kind.js';
export { PREPARED_LIBRARY } from './faiss/faiss.library.js';
