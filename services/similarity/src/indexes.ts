export { type Found, type IndexKindAdapter, type SearchableIndex } from './domain/vector-index.js';
export { measureRecall } from './domain/recall.js';
export { exactKind } from './domain/exact.index.js';
export { faissFlatKind, faissHnswKind } from './faiss/faiss.kind.js';
export { PREPARED_LIBRARY } from './faiss/faiss.library.js';
