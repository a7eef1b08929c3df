import type { MessageInitShape } from '@bufbuild/protobuf';
import { artifactRefMessage } from '@noema/contracts';
import { IndexKind as KindMessage, type IndexSchema } from '@noema/contracts/noema/similarity/v1/index';
import { jobResourceMessage } from '@noema/jobs';
import { countRows } from '../activation-set/row-mask.js';
import { INDEX_KINDS, type IndexKind, type VectorIndex } from './vector-index.js';

const KINDS: Readonly<Record<IndexKind, KindMessage>> = {
  exact: KindMessage.EXACT,
  'faiss-flat': KindMessage.FAISS_FLAT,
  'faiss-hnsw': KindMessage.FAISS_HNSW,
};

/** Returns the kind that a request names, `undefined` when it names none. */
export const kindOf = (kind: KindMessage): IndexKind | undefined =>
  INDEX_KINDS.find((key) => KINDS[key] === kind);

export const kindMessage = (kind: IndexKind): KindMessage => KINDS[kind];

export const indexMessage = (index: VectorIndex): MessageInitShape<typeof IndexSchema> => ({
  ...jobResourceMessage(index),
  projectId: index.projectId,
  activationSetId: index.activationSetId,
  kind: KINDS[index.kind],
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
