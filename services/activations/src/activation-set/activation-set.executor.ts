import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import type { DomainError, Port, UnitOfWork } from '@noema/kernel';
import {
  assertFinite,
  type Basis,
  deviations,
  countDimensions,
  fitBasisByPasses,
  fitBasisInThread,
  isDiagonal,
  layerWeights,
  mergeInOrder,
  type Moments,
  momentsInThreads,
  projectInThreads,
  type ResponseLayout,
} from '@noema/perception';
import { DatasetCatalog } from '@noema/population';
import { Database } from '@noema/postgres';
import type { ActivationsConfig } from '../config.js';
import { layerChoice } from '../perception-space/perception-space.js';
import { PerceptionSpaceService } from '../perception-space/perception-space.service.js';
import { EpochResponder } from '../responder/epoch.responder.js';
import type { RespondingLayer } from '../responder/responder.js';
import { toStatistics, type UnitSums, unitSums } from '../unit/unit-statistics.js';
import { ActivationSetArtifactStore, type ArtifactOwner } from './activation-set-artifacts.store.js';
import {
  activationSetNotFound,
  layersDiffer,
  noLearnedUnits,
  populationEmpty,
  responsesDoNotVary,
} from './activation-set.errors.js';
import { ActivationSetEvents } from './activation-set.events.js';
import type { ActivationLayer, ActivationShard, StoredSet } from './activation-set.js';
import { ActivationSetRepository } from './activation-set.repository.js';
import { ActivationShardRepository } from './activation-shard.repository.js';

/**
 * Result of a step of a set's job: a value for the next step, and what to write when the step is accepted.
 */
export interface StepOutcome<R> {
  readonly result: R;
  readonly commit: () => Promise<void>;
}

export interface StepControl {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

const toLayout = (layers: readonly Pick<ActivationLayer, 'name' | 'units'>[]): ResponseLayout => ({
  layers: layers.map(({ name, units }) => ({ name, units })),
});

/**
 * The steps that make a set: plan, extract (per shard), basis, project (per shard), publish. Each may run
 * again; only what is committed counts.
 */
@Injectable()
export class ActivationSetExecutor {
  private readonly threads: number | undefined;

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationSetRepository) private readonly sets: Port<ActivationSetRepository>,
    @Inject(ActivationShardRepository) private readonly shards: Port<ActivationShardRepository>,
    @Inject(PerceptionSpaceService)
    private readonly spaces: Pick<PerceptionSpaceService, 'get' | 'ensureBuiltIn'>,
    @Inject(DatasetCatalog) private readonly populations: Pick<DatasetCatalog, 'version' | 'shards'>,
    @Inject(EpochResponder) private readonly responders: Port<EpochResponder>,
    @Inject(ActivationSetArtifactStore) private readonly artifacts: ActivationSetArtifactStore,
    @Inject(ActivationSetEvents) private readonly events: Port<ActivationSetEvents>,
    @Inject(SETTINGS) private readonly settings: Pick<ActivationsConfig, 'engineThreads' | 'exactUnits'>,
  ) {
    this.threads = settings.engineThreads === 0 ? undefined : settings.engineThreads;
  }

  /**
   * Finds rows, shards and layers. Responses that another space of the epoch has already are taken over: then
   * nothing is left to extract.
   */
  async plan(teamId: string, setId: string): Promise<StepOutcome<{ shards: number; extract: number }>> {
    const { sets, shards, spaces, populations } = this;
    const set = await this.getSet(teamId, setId);
    const responder = this.responders.findSource(set);
    const found = await responder.findLayers(set);
    if (found.length === 0) throw noLearnedUnits(set.modelVersionId);
    const population = await populations.version(teamId, set.datasetVersionId);
    if (population.sampleCount === 0) throw populationEmpty(set.datasetVersionId);
    await this.requireLayersOfReference(teamId, set, found);
    const finished = await this.unitOfWork.run(teamId, async () => {
      const other = await sets.findFinished(set.runId, set.epoch, set.datasetVersionId);
      return other === undefined ? undefined : shards.of(other.id);
    });
    const planned =
      finished?.map((shard): ActivationShard => ({ ...shard, vectors: undefined })) ??
      (await populations.shards(teamId, set.datasetVersionId));
    const { sampleCount, shardSize } = population;
    const layers = found.map(
      (layer): ActivationLayer => ({ ...layer, droppedUnits: [], firstEigenvalue: 0 }),
    );
    return {
      result: { shards: planned.length, extract: finished === undefined ? planned.length : 0 },
      commit: async () => {
        await spaces.ensureBuiltIn(
          set.projectId,
          layers.map(({ name }) => name),
        );
        await sets.update(setId, { sampleCount, shardSize, layers, engine: responder.engine });
        await shards.save(setId, planned);
      },
    };
  }

  /** Responses and moments of one shard. Throws `invalid` RESPONSE_NOT_FINITE with layer, unit and row. */
  async extract(
    teamId: string,
    setId: string,
    index: number,
    { signal, progress }: StepControl,
  ): Promise<StepOutcome<null>> {
    const { shards, artifacts, threads } = this;
    const { exactUnits } = this.settings;
    const { set, shard, owner } = await this.getPart(teamId, setId, index);
    const responses = await this.responders.findSource(set).respond(set, shard, {
      signal,
      progress: (rows) => {
        progress(rows, shard.rowCount);
      },
    });
    const layout = toLayout(set.layers);
    assertFinite(layout, responses.mean, shard.firstRow);
    assertFinite(layout, responses.max, shard.firstRow);
    // The moments are computed while the store writes the responses.
    const [stored, moments] = await Promise.all([
      artifacts.writeResponses(owner, index, responses, shard.rowCount),
      momentsInThreads(responses.mean, responses.mean.length / shard.rowCount, {
        threads,
        signal,
        exactUnits,
      }).then((made) => artifacts.writeMoments(owner, `moments-${index}`, made)),
    ]);
    return { result: null, commit: () => shards.save(setId, [{ ...shard, responses: stored, moments }]) };
  }

  /**
   * Merges the moments in the order of the shards and fits the basis of the set's space; a set of other data
   * keeps the basis of its reference. Throws `precondition` RESPONSES_DO_NOT_VARY where vectors would all be
   * zero.
   */
  async basis(
    teamId: string,
    setId: string,
    { signal }: Pick<StepControl, 'signal'>,
  ): Promise<StepOutcome<{ shards: number }>> {
    const { sets, artifacts, spaces } = this;
    const set = await this.getSet(teamId, setId);
    const owner = toOwner(teamId, set);
    const shards = await this.unitOfWork.run(teamId, () => this.shards.of(setId));
    const merged = await this.mergedMoments(shards);
    const fit = async (): Promise<{ basis: Basis; firstEigenvalues?: readonly number[] }> => {
      const space = await spaces.get(teamId, set.perceptionSpaceId);
      const layout = toLayout(set.layers);
      const { maxDimensions } = space;
      if (!isDiagonal(merged))
        return {
          basis: await fitBasisInThread(merged, layout, layerChoice(space), { maxDimensions, signal }),
        };
      return fitBasisByPasses(this.openPasses(shards), merged, layout, layerChoice(space), {
        maxDimensions,
        signal,
        threads: this.threads,
      });
    };
    const isOwn = set.referenceSetId === undefined;
    const { basis, firstEigenvalues } = isOwn
      ? await fit()
      : { basis: await artifacts.readBasis(set.basis!) };
    const explained = basis.explained.reduce((sum, value) => sum + value, 0);
    if (isOwn && !(explained > 0)) throw await this.unvarying(shards, basis, signal);
    const contents = {
      dimensions: countDimensions(basis),
      explainedVariance: basis.totalVariance > 0 ? explained / basis.totalVariance : 0,
      layers: set.layers.map((layer, i) => ({ ...layer, ...fittedLayer(basis, layer.name, i) })),
      basisMethod: basis.method,
      basisResidual: basis.residual,
      moments: await artifacts.writeMoments(owner, 'moments', {
        ...merged,
        ...(firstEigenvalues && { firstEigenvalues }),
      }),
      ...(isOwn && { basis: await artifacts.writeBasis(owner, basis) }),
    };
    return { result: { shards: shards.length }, commit: () => sets.update(setId, contents) };
  }

  /** Vectors of one shard, and what its rows add to the statistics of the units. */
  async project(
    teamId: string,
    setId: string,
    index: number,
    { signal }: Pick<StepControl, 'signal'>,
  ): Promise<StepOutcome<UnitSums>> {
    const { shards, artifacts, threads } = this;
    const { set, shard, owner } = await this.getPart(teamId, setId, index);
    const [basis, { mean }] = await Promise.all([
      artifacts.readBasis(set.basis!),
      artifacts.readResponses(shard.responses!),
    ]);
    const losses =
      set.evaluation === undefined ? undefined : (await artifacts.readEvaluation(set.evaluation)).losses;
    const vectors = await artifacts.writeVectors(
      owner,
      index,
      await projectInThreads(basis, mean, shard.firstRow, { threads, signal }),
      shard.rowCount,
    );
    return {
      result: unitSums(mean, basis.mean, losses?.subarray(shard.firstRow, shard.firstRow + shard.rowCount)),
      commit: () => shards.save(setId, [{ ...shard, vectors }]),
    };
  }

  /**
   * Makes the set visible and announces it, unless it is of other data than the run's: indexes and maps are
   * of those.
   */
  async publish(
    teamId: string,
    setId: string,
    sums: readonly UnitSums[],
  ): Promise<StepOutcome<{ dimensions: number }>> {
    const { sets, shards, artifacts, events } = this;
    const set = await this.getSet(teamId, setId);
    const moments = await artifacts.readMoments(set.moments!);
    const unitStatistics = await artifacts.writeStatistics(
      toOwner(teamId, set),
      toStatistics(
        sums,
        moments.mean,
        deviations(moments).map((deviation) => deviation ** 2),
      ),
    );
    return {
      result: { dimensions: set.dimensions },
      commit: async () => {
        const readyTime = new Date();
        await sets.finish(setId, { unitStatistics }, readyTime);
        if (set.referenceSetId !== undefined) return;
        const vectors = (await shards.of(setId)).map((shard) => shard.vectors!);
        await events.ready({ ...set, unitStatistics, readyTime }, vectors);
      },
    };
  }

  /** Opens passes over the responses of a set: each pass reads shard after shard. */
  private openPasses(shards: readonly ActivationShard[]): () => AsyncGenerator<Float32Array> {
    const { artifacts } = this;
    return async function* () {
      for (const { responses } of shards) yield (await artifacts.readResponses(responses!)).mean;
    };
  }

  private async mergedMoments(shards: readonly ActivationShard[]): Promise<Moments> {
    let merged: Moments | undefined;
    for (const { moments } of shards) {
      const next = await this.artifacts.readMoments(moments!);
      merged = merged === undefined ? next : mergeInOrder([merged, next]);
    }
    return merged ?? mergeInOrder([]);
  }

  private async unvarying(
    shards: readonly ActivationShard[],
    { space, layout, count }: Basis,
    signal: AbortSignal,
  ): Promise<DomainError> {
    const weights = layerWeights(space, layout);
    const layers = layout.layers.filter((_, i) => weights[i]! > 0);
    return responsesDoNotVary({
      samples: count,
      layers: layers.map(({ name }) => name),
      units: layers.reduce((sum, { units }) => sum + units, 0),
      inputsAreEqual: await this.responders.inputsAreEqual(shards, signal),
    });
  }

  /** Throws `precondition` LAYERS_DIFFER for a set whose basis is of other layers, or in another order. */
  private async requireLayersOfReference(
    teamId: string,
    { referenceSetId }: StoredSet,
    found: readonly RespondingLayer[],
  ): Promise<void> {
    if (referenceSetId === undefined) return;
    const { layers } = await this.getSet(teamId, referenceSetId);
    const describe = ({ name, units }: Pick<ActivationLayer, 'name' | 'units'>): string =>
      `${name} (${units})`;
    const [has, fitted] = [found.map(describe), layers.map(describe)];
    if (has.join() !== fitted.join()) throw layersDiffer(has, fitted);
  }

  private async getSet(teamId: string, setId: string): Promise<StoredSet> {
    const set = await this.unitOfWork.run(teamId, () => this.sets.findStored(setId));
    if (set === undefined) throw activationSetNotFound(setId);
    return set;
  }

  private async getPart(
    teamId: string,
    setId: string,
    index: number,
  ): Promise<{ set: StoredSet; shard: ActivationShard; owner: ArtifactOwner }> {
    const { set, shard } = await this.unitOfWork.run(teamId, async () => ({
      set: await this.sets.findStored(setId),
      shard: await this.shards.find(setId, index),
    }));
    if (set === undefined) throw activationSetNotFound(setId);
    return { set, shard: shard!, owner: toOwner(teamId, set) };
  }
}

const toOwner = (teamId: string, { id, projectId }: StoredSet): ArtifactOwner => ({
  teamId,
  projectId,
  setId: id,
});

function fittedLayer(
  basis: Basis,
  name: string,
  index: number,
): Pick<ActivationLayer, 'droppedUnits' | 'firstEigenvalue'> {
  return {
    droppedUnits: basis.dropped.find((dropped) => dropped.layer === name)?.units ?? [],
    firstEigenvalue: basis.firstEigenvalues[index]!,
  };
}
