import type { ArtifactStore } from '@noema/artifacts';
import { artifactRefOf } from '@noema/contracts';
import type { ActivationShard } from '@noema/contracts/noema/activations/v1/activation_set';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import type { ServiceClients } from '@noema/host';
import { decodeMoments } from '@noema/perception';
import { setNotReady, setOfAnotherProject } from '../domain/analysis.errors.js';
import type { LayerFacts, PopulationStatistics } from '../domain/analysis.ports.js';
import type { SimilaritySource } from '../domain/similarity-analysis.js';
import type { SimilarityQuestion, SimilaritySources } from '../domain/similarity-analysis.ports.js';
import type { RunSources } from './run.sources.js';
import { SampleLocator } from './sample.locator.js';

const PAGE = 1000;

/** Activation sets as the activations service tells of them. */
export class ActivationSources implements SimilaritySources, PopulationStatistics {
  constructor(private readonly clients: ServiceClients, private readonly runs: RunSources, private readonly store: ArtifactStore) {}

  async find(teamId: string, { projectId, activationSetId, query, samples }: SimilarityQuestion): Promise<{ source: SimilaritySource; layers: readonly LayerFacts[] }> {
    const { activationSet: set } = await this.clients.of(ActivationSetService, teamId).getActivationSet({ activationSetId });
    if (set!.projectId !== projectId) throw setOfAnotherProject(activationSetId, projectId);
    if (set!.basis === undefined || set!.readyTime === undefined) throw setNotReady(activationSetId);
    const { topology, weights, loss, layers } = await this.runs.epochOf(teamId, set!.runId, set!.epoch);
    const shards = await this.shardsOf(teamId, activationSetId);
    const locator = await SampleLocator.of(this.clients, teamId, set!.datasetVersionId);
    const located = [];
    for (const address of [query, ...samples]) {
      const sample = await locator.locate(address);
      const shard = shards.find(({ firstRow, rowCount }) => sample.row >= firstRow && sample.row < firstRow + rowCount);
      located.push({ ...sample, vectors: artifactRefOf(shard?.vectors, `vectors of row ${sample.row}`) });
    }
    const [first, ...rest] = located;
    return { layers, source: { projectId, activationSetId, topology, weights, loss, basis: artifactRefOf(set!.basis, 'basis'), query: first!, samples: rest } };
  }

  async unitsOf(teamId: string, projectId: string, runId: string, epoch: number): Promise<Map<string, { mean: Float64Array; deviation: Float64Array }>> {
    const { activationSets } = await this.clients.of(ActivationSetService, teamId).listActivationSets({ projectId, runId, epoch });
    const set = activationSets.find(({ readyTime, moments }) => readyTime !== undefined && moments !== undefined);
    if (set === undefined) return new Map();
    const { count, mean, coMoment } = decodeMoments(await this.store.get(artifactRefOf(set.moments, 'moments')));
    const d = mean.length;
    const deviation = mean.map((_, j) => Math.sqrt(Math.max(coMoment[j * d + j]!, 0) / count));
    return new Map(set.layers.map(({ name, firstUnit, unitCount }) =>
      [name, { mean: mean.slice(firstUnit, firstUnit + unitCount), deviation: deviation.slice(firstUnit, firstUnit + unitCount) }]));
  }

  private async shardsOf(teamId: string, activationSetId: string): Promise<ActivationShard[]> {
    const shards: ActivationShard[] = [];
    for (let pageToken = '', more = true; more; more = pageToken !== '') {
      const page = await this.clients.of(ActivationSetService, teamId).listActivationShards({ activationSetId, pageSize: PAGE, pageToken });
      shards.push(...page.shards);
      pageToken = page.nextPageToken;
    }
    return shards;
  }
}
