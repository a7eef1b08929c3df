import type { MessageInitShape } from '@bufbuild/protobuf';
import { artifactRefMessage } from '@noema/contracts';
import { IndexKind as KindMessage, type IndexSchema } from '@noema/contracts/noema/similarity/v1/index';
import { jobResourceMessage } from '@noema/jobs';
import { MethodNumbers } from '@noema/kernel';
import { countRows } from '../activation-set/row-mask.js';
import type { VectorIndex } from './vector-index.js';

/** The kinds that had a number before they had keys; no others get one. */
const NUMBERS: Readonly<Record<string, KindMessage>> = {
  exact: KindMessage.EXACT,
  'faiss-flat': KindMessage.FAISS_FLAT,
  'faiss-hnsw': KindMessage.FAISS_HNSW,
};

/** The kinds as a new index names them. */
export const indexNumbers = new MethodNumbers(
  NUMBERS,
  { number: 'kind', key: 'method' },
  KindMessage.UNSPECIFIED,
);

/** The kinds as a search names them. */
export const searchedIndexNumbers = new MethodNumbers(
  NUMBERS,
  { number: 'index_kind', key: 'index_method' },
  KindMessage.UNSPECIFIED,
);

export const indexMessage = (index: VectorIndex): MessageInitShape<typeof IndexSchema> => ({
  ...jobResourceMessage(index),
  projectId: index.projectId,
  activationSetId: index.activationSetId,
  kind: indexNumbers.number(index.kind),
  method: index.kind,
  params: { ...index.params },
  sampleCount: index.sampleCount,
  dimensions: index.dimensions,
  recall: index.recall,
  recalls: index.recalls.map(({ params, recall }) => ({ searchParams: { ...params }, recall })),
  leftOutCount: countRows(index.leftOut),
  compactionJobId: index.compactionJobId,
  ...(index.artifact && { artifact: artifactRefMessage(index.artifact) }),
});
