import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { SimilarityAnalysis } from '@noema/contracts/noema/explanations/v1/similarity_analysis';
import type { Job } from '@noema/contracts/noema/jobs/v1/job';
import type { SimilarSample } from '@noema/contracts/noema/similarity/v1/similar_sample';
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
  /** Share of the true nearest samples among the results. */
  readonly recall: number;
  readonly index: string;
  readonly shared: SimilarityAnalysis;
}

const TYPICAL_CLASS = 6;

interface Sharing {
  readonly similarityAnalysis?: SimilarityAnalysis | undefined;
  readonly job?: Job | undefined;
}

/** The similar samples before they are reported, and the job that computes their shared areas. */
export interface SimilarRequest extends Omit<SimilarSamples, 'shared'> {
  readonly sharing: Sharing;
}

/**
 * Fetches the samples that the network sees as alike to a typical 6, checks them against brute force, and
 * asks for what they share.
 */
export async function requestSimilar(
  { noema, stopwatch, projectId }: WalkContext,
  population: Population,
  { activationSetId }: Exploration,
): Promise<SimilarRequest> {
  const row = typicalRow(population, TYPICAL_CLASS, 'validation');
  const query = findAddress(population, row);
  const { similar, indexMethod } = await stopwatch.measure('similar', () =>
    noema.similarity.findSimilar({ activationSetId, queries: [query] }),
  );
  const rows = similar.map((s) => s.row);
  return {
    query,
    row,
    similar,
    index: indexMethod,
    sameLabel: rows.filter((r) => population.label[r] === TYPICAL_CLASS).length,
    recall: recall(rows, bruteForceNeighbors(population.vectors, row, similar.length)),
    sharing: await noema.similarityAnalyses.createSimilarityAnalysis({
      projectId,
      activationSetId,
      query,
      samples: similar.map((s) => s.sample!),
    }),
  };
}

/** Reports the similar samples, and waits for the areas that are shared. */
export async function printSimilar(
  context: WalkContext,
  population: Population,
  asked: SimilarRequest,
): Promise<SimilarSamples> {
  const { narrator, stopwatch } = context;
  narrator.chapter(
    'Fetch similar',
    `Which digits does the network see as alike to a typical ${TYPICAL_CLASS}?`,
  );
  narrator.say(
    `${asked.sameLabel} of the ${asked.similar.length} nearest are a ${TYPICAL_CLASS}; recall against ` +
      `comparing with all ${population.samples.length} digits: ${asked.recall.toFixed(3)}`,
  );
  const shared = await stopwatch.measure('shared areas', () => sharedAreas(context, asked.sharing));
  narrator.say('what each of them has in common with the query is drawn in similar.svg');
  return { ...asked, shared };
}

async function sharedAreas(
  { noema, command }: WalkContext,
  { similarityAnalysis, job }: Sharing,
): Promise<SimilarityAnalysis> {
  if (job !== undefined && job.id !== '')
    await watchJob(
      noema,
      command.terminal,
      { service: 'explanations', jobId: job.id, title: 'finding shared areas' },
      command.signal,
    );
  return (
    await noema.similarityAnalyses.getSimilarityAnalysis({ similarityAnalysisId: similarityAnalysis!.id })
  ).similarityAnalysis!;
}

/** The address of a row. */
export const findAddress = ({ samples }: Population, row: number): SampleAddress =>
  parseSampleAddress(`${samples[row]!.split}/${samples[row]!.sampleId}`);
