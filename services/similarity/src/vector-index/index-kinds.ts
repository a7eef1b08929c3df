import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { Registry } from '@noema/kernel';
import type { SimilarityConfig } from '../config.js';
import { faissFlatKind, faissHnswKind } from '../faiss/faiss.kind.js';
import { PREPARED_LIBRARY } from '../faiss/faiss.library.js';
import { exactKind } from './exact.index.js';
import type { IndexKindAdapter } from './vector-index.js';

/** The kinds of indexes. A service whose default kind cannot be built here does not start. */
@Injectable()
export class IndexKinds extends Registry<IndexKindAdapter> {
  constructor(@Inject(SETTINGS) settings: SimilarityConfig) {
    const { faissLibrary: library = PREPARED_LIBRARY, engineThreads: threads, indexKind } = settings;
    const faiss = { library, threads };
    super('index kind', [exactKind(), faissFlatKind(faiss), faissHnswKind(faiss)]);
    this.get(indexKind).checkReady();
  }
}
