import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { type SimilarityAnalysis } from '@noema/contracts/noema/explanations/v1/similarity_analysis';
import { IndexKind } from '@noema/contracts/noema/similarity/v1/index';
import type { SimilarSample } from '@noema/contracts/noema/similarity/v1/similar_sample';
import { stateName } from '../commands/resource-output.js';
import { parseSampleAddress, type SampleAddress } from '../commands/sample-address.js';
import { watchJob } from '../commands/watch-job.js';
import { bruteForceNeighbors, recall, typicalRow } from '../population/figures.js';
import type { Population } from '../population/population.js';
import type { WalkContext } from './walk-context.js';

export interface SimilarSamples {
  readonly query: SampleAddress;
  readonly row: number;
  readonly similar: readonly SimilarSample[];
  readonly sameLabel: number;
  /** Share of the true nearest samples among those that were found. */
  readonly recall: number;
  readonly index: string;
  readonly shared: SimilarityAnalysis;
}

const K = 24;
const TYPICAL_CLASS = 6;

/** Fetches the samples that the network sees as alike to a typical 6, checks them against brute force, and asks what they share. */
export async function fetchSimilar(context: WalkContext, population: Population, exploration: Exploration): Promise<SimilarSamples> {
  const { noema, narrator, stopwatch } = context;
  narrator.chapter('Fetch similar', `Which digits does the network see as alike to a typical ${TYPICAL_CLASS}?`);
  const row = typicalRow(population, TYPICAL_CLASS, 'validation');
  const query = addressOf(population, row);
  const { activationSetId } = exploration;
  const found = await stopwatch.measure('similar', () => noema.similarity.findSimilar({ activationSetId, queries: [query], k: K }));
  const rows = found.similar.map((s) => s.row);
  const result = {
    query, row, similar: found.similar, index: stateName(IndexKind, found.indexKind),
    sameLabel: rows.filter((r) => population.label[r] === TYPICAL_CLASS).length,
    recall: recall(rows, bruteForceNeighbors(population.vectors, row, K)),
  };
  narrator.say(`${result.sameLabel} of the ${K} nearest are a ${TYPICAL_CLASS}; recall against comparing with all ${population.samples.length} digits: ${result.recall.toFixed(3)}`);
  const shared = await stopwatch.measure('shared areas', () => sharedAreas(context, activationSetId, query, found.similar.map((s) => s.sample!)));
  narrator.say('what each of them has in common with the query is drawn in similar.svg');
  return { ...result, shared };
}

async function sharedAreas({ noema, command, projectId }: WalkContext, activationSetId: string, query: SampleAddress, samples: SampleAddress[]): Promise<SimilarityAnalysis> {
  const { similarityAnalysis, job } = await noema.similarityAnalyses.createSimilarityAnalysis({ projectId, activationSetId, query, samples });
  if (job !== undefined && job.id !== '') await watchJob(noema, command.terminal, { service: 'explanations', jobId: job.id, title: 'finding shared areas' }, command.signal);
  return (await noema.similarityAnalyses.getSimilarityAnalysis({ similarityAnalysisId: similarityAnalysis!.id })).similarityAnalysis!;
}

/** The address of a row. */
export const addressOf = ({ samples }: Population, row: number): SampleAddress => parseSampleAddress(`${samples[row]!.split}/${samples[row]!.sampleId}`);
