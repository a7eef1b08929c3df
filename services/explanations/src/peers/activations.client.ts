import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { everyPage } from '@noema/grpc';
import { ARTIFACT_STORE, ServiceClients } from '@noema/host';
import { decodeMoments, deviations } from '@noema/perception';
import { DatasetCatalog } from '@noema/population';
import { setNotReady, setOfAnotherProject } from '../analysis/analysis.errors.js';
import type { LayerInfo } from '../analysis/analysis.ports.js';
import { storedRow } from '../population/population.js';
import type { SimilaritySource } from '../similarity-analysis/similarity-analysis.js';
import type { SimilarityQuery } from '../similarity-analysis/similarity-analysis.ports.js';
import { TrainingClient } from './training.client.js';

/** Activation sets as the activations service describes them. */
@Injectable()
export class ActivationsClient {
  constructor(
    @Inject(ServiceClients) private readonly clients: ServiceClients,
    @Inject(DatasetCatalog) private readonly datasets: DatasetCatalog,
    @Inject(TrainingClient) private readonly runs: TrainingClient,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
  ) {}

  /** The source of a similarity analysis. Throws `not-found`, `precondition` ACTIVATION_SET_NOT_READY. */
  async find(
    teamId: string,
    { projectId, activationSetId, query, samples }: SimilarityQuery,
  ): Promise<{ source: SimilaritySource; layers: readonly LayerInfo[] }> {
    const sets = this.clients.of(ActivationSetService, teamId);
    const { activationSet: set } = await sets.getActivationSet({ activationSetId });
    if (set!.projectId !== projectId) throw setOfAnotherProject(activationSetId, projectId);
    if (set!.basis === undefined || set!.readyTime === undefined) throw setNotReady(activationSetId);
    const { epoch, branch, topology, weights, loss, served, ...model } = await this.runs.readEpoch(
      teamId,
      set!.runId,
      set!.epoch,
    );
    const shards = await everyPage(
      (page) => sets.listActivationShards({ activationSetId, ...page }),
      (answer) => answer.shards,
    );
    const { datasetVersionId } = set!;
    const [{ splits }, inputs] = await Promise.all([
      this.datasets.version(teamId, datasetVersionId),
      this.datasets.shards(teamId, datasetVersionId),
    ]);
    const located = await Promise.all(
      [query, ...samples].map(async (address) => {
        const row = await this.datasets.getRow(teamId, datasetVersionId, address);
        const shard = shards.find(({ firstRow, rowCount }) => row >= firstRow && row < firstRow + rowCount);
        return {
          ...storedRow({ shards: inputs, splits, datasetVersionId }, row),
          ...address,
          vectors: parseArtifactRef(shard?.vectors, `vectors of row ${row}`),
        };
      }),
    );
    const [first, ...rest] = located;
    const known = [...model.layers, ...model.blocks];
    // Vectors show the shared part only for layers that the set follows.
    const layers = set!.layers.flatMap(({ name }) => known.filter((layer) => layer.name === name));
    return {
      layers,
      source: {
        projectId,
        activationSetId,
        runId: set!.runId,
        epoch,
        ...(branch && { branch }),
        topology,
        weights,
        loss,
        ...(served && { served }),
        basis: parseArtifactRef(set!.basis, 'basis'),
        query: first!,
        samples: rest,
      },
    };
  }

  /**
   * Mean and deviation of every unit over the population, by layer; empty when no activation set of the epoch is
   * ready.
   */
  async readUnits(
    teamId: string,
    projectId: string,
    runId: string,
    epoch: number,
  ): Promise<Map<string, { mean: Float64Array; deviation: Float64Array }>> {
    const { activationSets } = await this.clients
      .of(ActivationSetService, teamId)
      .listActivationSets({ projectId, runId, epoch });
    const set = activationSets.find(
      ({ readyTime, moments }) => readyTime !== undefined && moments !== undefined,
    );
    if (set === undefined) return new Map();
    const moments = decodeMoments(await this.store.get(parseArtifactRef(set.moments, 'moments')));
    const { mean } = moments;
    const deviation = deviations(moments);
    return new Map(
      set.layers.map(({ name, firstUnit, unitCount }) => [
        name,
        {
          mean: mean.slice(firstUnit, firstUnit + unitCount),
          deviation: deviation.slice(firstUnit, firstUnit + unitCount),
        },
      ]),
    );
  }
}
