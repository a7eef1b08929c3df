import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactRefMessage, splitMessage } from '@noema/contracts';
import { IndexKind as KindMessage, type IndexSchema } from '@noema/contracts/noema/similarity/v1/index';
import {
  NeighborMethod as MethodMessage,
  type NeighborGraphSchema,
} from '@noema/contracts/noema/similarity/v1/neighbor_graph';
import type { SimilarSampleSchema } from '@noema/contracts/noema/similarity/v1/similar_sample';
import { faultMessage, jobStateMessage } from '@noema/jobs';
import type { Made } from './job-state.js';
import { countRows } from '../activation-set/row-mask.js';
import type { NeighborGraphRecord, NeighborMethod } from '../neighbor-graph/neighbor-graph.js';
import type { SimilarSample } from '../search/search.service.js';
import { INDEX_KINDS, type IndexKind, type VectorIndex } from './vector-index.js';

const KINDS: Readonly<Record<IndexKind, KindMessage>> = {
  exact: KindMessage.EXACT,
  'faiss-flat': KindMessage.FAISS_FLAT,
  'faiss-hnsw': KindMessage.FAISS_HNSW,
};

/** The kind that a request names; `undefined` when it names none. */
export const kindOf = (kind: KindMessage): IndexKind | undefined =>
  INDEX_KINDS.find((key) => KINDS[key] === kind);

export const kindMessage = (kind: IndexKind): KindMessage => KINDS[kind];

const made = ({ jobId, state, fault, createdAt, readyAt }: Made) => ({
  jobId,
  state: jobStateMessage(state),
  createTime: timestampFromDate(createdAt),
  ...(fault && { fault: faultMessage(fault) }),
  ...(readyAt && { readyTime: timestampFromDate(readyAt) }),
});

export const indexMessage = (index: VectorIndex): MessageInitShape<typeof IndexSchema> => ({
  id: index.id,
  projectId: index.projectId,
  activationSetId: index.activationSetId,
  kind: KINDS[index.kind],
  params: { ...index.params },
  sampleCount: index.sampleCount,
  dimensions: index.dimensions,
  recall: index.recall,
  ...made(index),
  recalls: index.recalls.map(({ params, recall }) => ({ searchParams: { ...params }, recall })),
  leftOutCount: countRows(index.leftOut),
  compactionJobId: index.compactionJobId,
  ...(index.artifact && { artifact: artifactRefMessage(index.artifact) }),
});

const METHODS: Readonly<Record<NeighborMethod, MethodMessage>> = {
  exact: MethodMessage.EXACT,
  'nn-descent': MethodMessage.NN_DESCENT,
};

export const graphMessage = (graph: NeighborGraphRecord): MessageInitShape<typeof NeighborGraphSchema> => ({
  id: graph.id,
  projectId: graph.projectId,
  activationSetId: graph.activationSetId,
  sampleCount: graph.sampleCount,
  k: graph.k,
  recall: graph.recall,
  method: METHODS[graph.method],
  ...made(graph),
  ...(graph.artifact && { artifact: artifactRefMessage(graph.artifact) }),
});

export const similarMessage = (
  { sample, row, distance, similarity }: SimilarSample,
  at: number,
): MessageInitShape<typeof SimilarSampleSchema> => ({
  sample: { split: splitMessage(sample.split), sampleId: sample.sampleId },
  row,
  distance,
  similarity,
  rank: at + 1,
});
