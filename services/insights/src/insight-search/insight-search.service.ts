import { Inject, Injectable } from '@nestjs/common';
import type { Recipe } from '@noema/insights';
import {
  asDomainError,
  findOrInsert,
  findOrThrow,
  hasEnded,
  isUuid,
  type JobResourceFilter,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
} from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';
import { Database } from '@noema/postgres';
import { InsightRepository } from '../insight/insight.repository.js';
import { InsightSettingsService } from '../insight-settings/insight-settings.service.js';
import { ActivationsClient } from '../peers/activations.client.js';
import { SimilarityClient } from '../peers/similarity.client.js';
import { type SearchedRun, TrainingClient } from '../peers/training.client.js';
import type { SearchSource } from '../population/search-population.js';
import type { SearchedOutput } from '../population/searched-output.js';
import { WaitingRunRepository } from '../waiting-run/waiting-run.repository.js';
import {
  epochNotFound,
  epochNotReady,
  groupFieldUnknown,
  outputNotFound,
  runOfOtherProject,
  searchNotFound,
} from './insight-search.errors.js';
import { type InsightSearch, PLATFORM, searchId } from './insight-search.js';
import { InsightSearchQueue } from './insight-search.queue.js';
import { EPOCH_KINDS, makeRecipe, type RecipeRequest } from './insight-search.recipe.js';
import { InsightSearchRepository } from './insight-search.repository.js';

/** A search that can start. */
export interface PlannedSearch {
  readonly source: SearchSource;
  readonly recipe: Recipe;
  readonly lineId: string;
}

export interface SearchRequest extends RecipeRequest {
  readonly projectId: string;
  readonly runId: string;
  /** 0 for the last epoch. */
  readonly epoch: number;
  /** Empty for the first output. */
  readonly output: string;
}

/** An epoch of a run that is stored. */
export interface CompletedEpoch {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly isLast: boolean;
  /** Of a recorded epoch; 0 for the first. */
  readonly branch: number;
}

type Vectors = Pick<SearchSource, 'activationSetId' | 'withoutNeighbors' | 'missingVectors' | 'branch'>;

interface EpochVectors {
  /** The vectors of a search that does not wait. */
  readonly source: Vectors;
  /** The part that is still to come. */
  readonly isComing?: 'activation set' | 'neighbor graph';
}

/** Starts, reads, lists and deletes searches; workers search. */
@Injectable()
export class InsightSearchService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(InsightSearchRepository)
    private readonly searches: Pick<
      Port<InsightSearchRepository>,
      'find' | 'insert' | 'delete' | 'list' | 'lockLine'
    >,
    @Inject(InsightSearchQueue) private readonly queue: Pick<InsightSearchQueue, 'queue' | 'cancel'>,
    @Inject(TrainingClient) private readonly training: Port<TrainingClient>,
    @Inject(ActivationsClient) private readonly activations: Pick<ActivationsClient, 'findSet'>,
    @Inject(SimilarityClient) private readonly similarity: Pick<SimilarityClient, 'findGraph'>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version'>,
    @Inject(InsightSettingsService) private readonly settings: Pick<InsightSettingsService, 'find'>,
    @Inject(InsightRepository) private readonly insights: Pick<InsightRepository, 'restoreReplaced'>,
    @Inject(WaitingRunRepository) private readonly waiting: Pick<WaitingRunRepository, 'insert' | 'delete'>,
  ) {}

  /**
   * Plans a search before the transaction that starts it. Throws `not-found` for run, epoch and output, `precondition`
   * EPOCH_NOT_READY, `invalid` GROUP_FIELD_UNKNOWN, and as `makeRecipe` and `TrainingClient.checkOutput`.
   */
  async plan(
    teamId: string,
    { projectId, runId, epoch, output, ...request }: SearchRequest,
  ): Promise<PlannedSearch> {
    makeRecipe(request);
    const run = await this.training.getRun(teamId, runId);
    if (run.projectId !== projectId) throw runOfOtherProject(runId, projectId);
    const chosen = epoch === 0 ? run.epochsDone : epoch;
    if (chosen < 1 || chosen > run.epochsDone) throw epochNotFound(runId, chosen, run.epochsDone);
    const searched = findOutput(run, output);
    // Evaluations from before outputs had names have the first one alone.
    if (searched.output?.isFirst === false)
      await this.training.checkOutput(teamId, { runId, epoch: chosen, output: searched.output.name });
    const { source, isComing } = await this.findVectors(teamId, run, chosen);
    if (isComing !== undefined) throw epochNotReady(runId, chosen, isComing);
    return this.planEpoch(teamId, run, chosen, request, { ...source, ...searched });
  }

  /** Starts a search, or returns the one that exists; a search that failed or was cancelled runs again. */
  start(
    { teamId, subject }: { readonly teamId: string; readonly subject: string },
    { source, recipe, lineId }: PlannedSearch,
  ): Promise<InsightSearch> {
    const id = searchId(source, recipe);
    return this.unitOfWork.run(teamId, () =>
      findOrInsert(this.searches, id, async () =>
        this.searches.insert({
          ...{ id, source, recipe, lineId },
          createdBy: subject,
          jobId: await this.queue.queue(teamId, id, 1),
        }),
      ),
    );
  }

  /**
   * Searches a run for all kinds if it has succeeded and everything of its last epoch is ready. A run whose vectors
   * are still to come waits: an event or the sweep of waiting runs calls again. A late run is searched without them.
   */
  async searchFinishedRun(teamId: string, runId: string, { isLate = false } = {}): Promise<void> {
    const waits = await this.searchIfReady(teamId, runId, isLate);
    await this.unitOfWork.run(teamId, () =>
      waits === undefined
        ? this.waiting.delete(runId)
        : this.waiting.insert({ runId, projectId: waits.projectId }),
    );
  }

  /** Returns the run if it has to wait. */
  private async searchIfReady(
    teamId: string,
    runId: string,
    isLate: boolean,
  ): Promise<SearchedRun | undefined> {
    try {
      const run = await this.training.getRun(teamId, runId);
      if (!run.hasSucceeded || run.epochsDone === 0) return undefined;
      const { searchAfterRuns } = await this.settings.find(teamId, run.projectId);
      if (!searchAfterRuns) return undefined;
      const vectors = await this.findVectors(teamId, run, run.epochsDone);
      if (vectors.isComing && !isLate) return run;
      const request = { kinds: [], parameters: {}, seed: 0 };
      const planned = await this.planEpoch(teamId, run, run.epochsDone, request, {
        ...vectors.source,
        ...findOutput(run, ''),
      });
      await this.start({ teamId, subject: PLATFORM }, planned);
    } catch (error) {
      ignoreDeleted(error);
    }
    return undefined;
  }

  /**
   * Searches an epoch for the kinds that are cheap, without waiting for its vectors, if the project wants that. The
   * search after the run has all kinds of the last epoch.
   */
  async searchEpoch(
    teamId: string,
    { projectId, runId, epoch, isLast, branch }: CompletedEpoch,
  ): Promise<void> {
    const { searchAfterEpochs, searchAfterRuns } = await this.settings.find(teamId, projectId);
    if (!searchAfterEpochs || (isLast && searchAfterRuns)) return;
    try {
      const run = await this.training.getRun(teamId, runId);
      const request = { kinds: EPOCH_KINDS, parameters: {}, seed: 0 };
      const planned = await this.planEpoch(teamId, run, epoch, request, {
        activationSetId: '',
        ...(branch > 0 && { branch }),
        ...findOutput(run, ''),
      });
      await this.start({ teamId, subject: PLATFORM }, planned);
    } catch (error) {
      ignoreDeleted(error);
    }
  }

  /** Throws `not-found`, also for a search of another team. */
  get(teamId: string, id: string): Promise<InsightSearch> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.searches, id, searchNotFound));
  }

  list(teamId: string, filter: JobResourceFilter, query: PageQuery): Promise<Page<InsightSearch>> {
    const { projectId, runId = projectId } = filter;
    if (![projectId, runId].every(isUuid)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.searches.list(filter, query));
  }

  /** Deletes a search with its insights, and restores the insights that it replaced. Throws `not-found`. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      const { jobId, state, lineId, source } = await findOrThrow(this.searches, id, searchNotFound);
      if (!hasEnded(state)) await this.queue.cancel(teamId, jobId);
      await this.searches.lockLine(lineId);
      await this.searches.delete(id);
      await this.insights.restoreReplaced({ lineId, runId: source.runId });
    });
  }

  private async planEpoch(
    teamId: string,
    run: SearchedRun,
    epoch: number,
    request: RecipeRequest,
    { activationSetId, ...read }: Vectors & Pick<SearchSource, 'output'>,
  ): Promise<PlannedSearch> {
    const { id: runId, projectId, datasetVersionId } = run;
    const [data, lineId] = await Promise.all([
      this.datasets.version(teamId, datasetVersionId),
      this.training.findModel(teamId, run.modelVersionId),
    ]);
    const { sampleCount, metadataNames = [], ...version } = data;
    const { groupField = version.groupField } = request;
    if (groupField !== undefined && !metadataNames.includes(groupField))
      throw groupFieldUnknown(groupField, metadataNames);
    return {
      source: { projectId, runId, epoch, datasetVersionId, activationSetId, sampleCount, ...read },
      recipe: makeRecipe({ ...request, groupField }),
      lineId,
    };
  }

  /**
   * The vectors of an epoch; without an id if they failed or none will come, so that kinds that need them are skipped.
   * If set or neighbours succeed later, the source is another one, so that the run is searched again.
   */
  private async findVectors(
    teamId: string,
    { id: runId, projectId }: SearchedRun,
    epoch: number,
  ): Promise<EpochVectors> {
    const set = await this.activations.findSet(teamId, { projectId, runId, epoch });
    if (set === 'failed') return { source: { activationSetId: '', missingVectors: 'failed' } };
    if (set === 'absent') {
      const epochs = await this.training.listEpochs(teamId, runId);
      const isPartial = epochs.find((one) => one.epoch === epoch)?.isPartial ?? false;
      if (isPartial) return { source: { activationSetId: '' } };
    }
    if (set === 'absent' || set === 'coming')
      return { source: { activationSetId: '', missingVectors: 'late' }, isComing: 'activation set' };
    const graph = await this.similarity.findGraph(teamId, projectId, set.id);
    const lacksGraph = graph === 'absent' || graph === 'coming';
    const source = { activationSetId: set.id, ...(lacksGraph && { withoutNeighbors: true }) };
    return { source, ...(graph === 'coming' && { isComing: 'neighbor graph' }) };
  }
}

/** The output of a request, '' for the first one; none for a model with one. Throws `not-found` OUTPUT_NOT_FOUND. */
function findOutput({ id, outputNames }: SearchedRun, wanted: string): { readonly output?: SearchedOutput } {
  if (wanted !== '' && !outputNames.includes(wanted)) throw outputNotFound(id, wanted, outputNames);
  const [first = '', ...others] = outputNames;
  const name = wanted || first;
  return others.length === 0 ? {} : { output: { name, isFirst: name === first } };
}

/** A run that was deleted meanwhile needs no search. */
function ignoreDeleted(error: unknown): void {
  if (asDomainError(error).kind !== 'not-found') throw error;
}
