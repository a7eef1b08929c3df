import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { type MethodDescriptor, Registry } from '@noema/kernel';
import type { SimilarityConfig } from '../config.js';
import { faissFlatKind, faissHnswKind } from '../faiss/faiss.kind.js';
import { PREPARED_LIBRARY } from '../faiss/faiss.library.js';
import { exactKind } from './exact.index.js';
import type { IndexKindAdapter } from './vector-index.js';

function createKinds(settings: SimilarityConfig): readonly IndexKindAdapter[] {
  const { faissLibrary: library = PREPARED_LIBRARY, engineThreads: threads } = settings;
  const faiss = { library, threads };
  return [exactKind(), faissFlatKind(faiss), faissHnswKind(faiss)];
}

/** The kinds of indexes. A service whose default kind cannot be built here does not start. */
@Injectable()
export class IndexKinds extends Registry<IndexKindAdapter> {
  constructor(@Inject(SETTINGS) settings: SimilarityConfig) {
    super('index kind', createKinds(settings));
    this.get(settings.indexKind).checkReady();
  }
}

/** Returns the kinds as clients show them: with the default of the settings, and what a search may set. */
export const indexMethods = (settings: SimilarityConfig): Registry<MethodDescriptor> =>
  new Registry(
    'index kind',
    createKinds(settings).map(({ key, title, summary, reference, parameters, facts }) => ({
      key,
      title,
      summary,
      reference,
      parameters,
      facts: {
        ...facts,
        usedByDefault: key === settings.indexKind,
        atSearch: parameters.flatMap(({ name, atSearch }) => (atSearch === true ? [name] : [])).join(','),
      },
    })),
  );
