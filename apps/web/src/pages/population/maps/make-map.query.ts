import { asDomainError, DomainError } from '@noema/kernel/domain-error';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { explorations } from '../../../api/clients.js';
import { activationSets, jobs } from '../../../api/work-clients.js';
import { jobIsOpen } from '../../../parts/states.js';
import type { MapCatalog } from './map-catalog.js';
import type { MapChoice } from './map-choice.js';

/** How long a set may go without a neighbor graph, and how often it is looked for, in milliseconds. */
const GRAPH_MS = 180_000;
const LOOK_MS = 1_000;

/** The default seed of requested maps. */
export const USUAL_SEED = 7;

/** How a map is made. */
export interface MapSettings {
  /** Settings that differ from the usual ones, by the names of the API. */
  readonly params: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
  /** Id of the map that it starts from; empty for none. */
  readonly alignedTo: string;
}

interface MapRequest {
  readonly choice: MapChoice;
  /**
   * The usual settings, from the map of the epoch before, when left out; a map that was made so is taken
   * unchanged.
   */
  readonly settings?: MapSettings;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

/** Whether it was the person who ended it. */
export const isCancelled = (error: unknown): boolean => asDomainError(error).kind === 'cancelled';

/**
 * Asks for a map: first what the model sees in that space, then the map of it. It resolves with its id when
 * it is on its way.
 */
export function useMakeMap(projectId: string, runId: string, catalog: MapCatalog) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ choice, settings, signal, onStep }: MapRequest): Promise<string | undefined> => {
      onStep('Computing the responses to every sample');
      const perceptionSpaceId = catalog.spaceId(choice.space) ?? '';
      const { activationSet, job } = await activationSets.createActivationSet(
        { projectId, runId, epoch: choice.epoch, perceptionSpaceId },
        { signal },
      );
      if (activationSet === undefined) return undefined;
      if (activationSet.state !== JobState.SUCCEEDED && job !== undefined)
        await follow('activations', job.id, signal, onStep);
      onStep('Finding neighbors');
      const usual = { params: {}, seed: USUAL_SEED, alignedTo: findNeighbour(catalog, choice)?.id ?? '' };
      return begin({
        projectId,
        activationSetId: activationSet.id,
        choice,
        isDefault: catalog.isDefault(choice.algorithm),
        settings: settings ?? usual,
        takesMade: settings === undefined,
        signal,
      });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['maps', projectId, runId] }),
  });
}

/** The map of the nearest epoch before that dots can start from, so that they hold still. */
export function findNeighbour(catalog: MapCatalog, choice: MapChoice): Exploration | undefined {
  const before = catalog
    .listEpochs(choice)
    .filter((epoch) => epoch < choice.epoch)
    .at(-1);
  return before === undefined ? undefined : catalog.find({ ...choice, epoch: before });
}

/**
 * Waits for a job that reads how the model answers, and reports how far it is; cancels it when `signal`
 * aborts. Throws its fault.
 */
export async function follow(
  service: string,
  jobId: string,
  signal: AbortSignal,
  onStep: (step: string) => void,
): Promise<void> {
  const cancel = (): void => {
    void jobs.cancelJob({ service, jobId }).catch(() => undefined);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const { job } of jobs.watchJob({ service, jobId }, { signal })) {
      if (job === undefined || jobIsOpen(job.state)) {
        if (job?.progress !== undefined && job.progress.total > 0)
          onStep(
            `Computing the responses: ${job.progress.done} of ${job.progress.total} ` +
              `${job.progress.unit}`,
          );
        continue;
      }
      if (job.state === JobState.SUCCEEDED) return;
      throw new DomainError(
        'precondition',
        job.fault?.reason ?? 'JOB_NOT_DONE',
        job.fault?.message ?? 'the job was cancelled before it was done; start it again',
      );
    }
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

interface BegunMap extends Pick<Required<MapRequest>, 'choice' | 'settings' | 'signal'> {
  readonly projectId: string;
  readonly activationSetId: string;
  /** Whether the algorithm is the one that maps are made with by themselves. */
  readonly isDefault: boolean;
  /** Whether an existing or pending map of the choice is taken. */
  readonly takesMade: boolean;
}

/**
 * Starts the map as soon as its neighbors are known: until then the API says that the set is not there. The
 * default algorithm's map in 2-D is made by itself.
 */
async function begin({
  projectId,
  activationSetId,
  choice,
  isDefault,
  settings,
  takesMade,
  signal,
}: BegunMap): Promise<string | undefined> {
  const isAutomatic = takesMade && isDefault && choice.dimensions === 2;
  for (const end = Date.now() + GRAPH_MS; ; ) {
    const { explorations: made } = await explorations.listExplorations(
      { projectId, activationSetId, pageSize: 100 },
      { signal },
    );
    const found = made.find(
      (map) =>
        map.method === choice.algorithm &&
        (map.dimensions || 2) === choice.dimensions &&
        map.state !== JobState.FAILED &&
        map.state !== JobState.CANCELLED,
    );
    if (takesMade && found !== undefined) return found.id;
    if (!isAutomatic || made.length > 0) {
      try {
        return (
          await explorations.createExploration(
            {
              projectId,
              activationSetId,
              method: choice.algorithm,
              dimensions: choice.dimensions,
              ...settings,
            },
            { signal },
          )
        ).exploration?.id;
      } catch (error) {
        if (asDomainError(error).kind !== 'not-found') throw error;
      }
    }
    if (Date.now() > end)
      throw new DomainError(
        'timeout',
        'GRAPH_ABSENT',
        'the neighbors of the samples were not found in three minutes; look at the jobs of the project ' +
          'and ask again',
      );
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
    signal.throwIfAborted();
  }
}
