import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, FairSemaphore, LruCache } from '@noema/kernel';
import { CompilerThreads, within } from '../engine/compiler.threads.js';
import type { ModelExport, ModelLimit, WeightStatistics } from './model-card.js';
import { compilersBusy, exportTooLarge, weightsMissing } from './model.errors.js';
import { ModelService } from './model.service.js';
import { TopologyStore } from './topology.store.js';

/** Number of weights whose statistics are cached: 60 epochs of a network of 160 layers with two each. */
const CACHED_WEIGHTS = 20_000;

/** Weights of a model that the service exports: the file, its parts and the weights are in memory together. */
const MAX_EXPORT_BYTES = 2 ** 28;

/** Longest wait for the weights of other versions, in milliseconds. */
const MAX_WAIT_MS = 60_000;

/** Weights and limits of a version of a model, computed from its stored weights and graph. */
@Injectable()
export class ModelCardService {
  private readonly statistics = new LruCache<readonly WeightStatistics[]>(CACHED_WEIGHTS, {
    weigh: ({ length }) => length,
  });
  private readonly known = new LruCache<readonly ModelLimit[]>(1_000);
  /** Versions whose weights are in memory: two, of which one team has at most one. */
  private readonly turns = new FairSemaphore(2);

  constructor(
    @Inject(ModelService) private readonly models: Pick<ModelService, 'getVersion'>,
    @Inject(TopologyStore) private readonly topologies: Pick<TopologyStore, 'readJson'>,
    @Inject(CompilerThreads)
    private readonly compiler: Pick<CompilerThreads, 'weightStatistics' | 'limits' | 'exportFile'>,
    @Inject(ARTIFACT_STORE) private readonly store: Pick<ArtifactStore, 'openRead'>,
  ) {}

  /**
   * Returns the distribution of each weight, computed once for a version. Throws `not-found`
   * MODEL_VERSION_NOT_FOUND, `precondition` WEIGHTS_MISSING, `unsupported` MODEL_HAS_NO_GRAPH, `exhausted`
   * COMPILERS_BUSY, and as `CompilerThreads`.
   */
  async weightStatistics(teamId: string, versionId: string): Promise<readonly WeightStatistics[]> {
    const { topology, weights } = await this.models.getVersion(teamId, versionId);
    if (weights === undefined) throw weightsMissing(versionId);
    return this.statistics.get(versionId, async () =>
      this.inTurn(teamId, async () =>
        this.compiler.weightStatistics(
          await this.topologies.readJson(topology),
          await this.readShared(weights),
          teamId,
        ),
      ),
    );
  }

  /** Returns what cannot be done with a version. Throws `not-found` MODEL_VERSION_NOT_FOUND. */
  async limits(teamId: string, versionId: string): Promise<readonly ModelLimit[]> {
    const { topology } = await this.models.getVersion(teamId, versionId);
    return this.known.get(versionId, async () =>
      this.compiler.limits(await this.topologies.readJson(topology), teamId),
    );
  }

  /**
   * Returns the file of a version in another format. Throws `not-found` MODEL_VERSION_NOT_FOUND, `precondition`
   * WEIGHTS_MISSING, `exhausted` EXPORT_TOO_LARGE, and as `CompilerThreads.exportFile`.
   */
  async exportFile(teamId: string, versionId: string, format: ModelExport): Promise<Uint8Array> {
    const { topology, weights } = await this.models.getVersion(teamId, versionId);
    if (weights === undefined) throw weightsMissing(versionId);
    if (weights.sizeBytes > MAX_EXPORT_BYTES) throw exportTooLarge(weights.sizeBytes, MAX_EXPORT_BYTES);
    return this.inTurn(teamId, async () =>
      this.compiler.exportFile(await this.topologies.readJson(topology), await this.readShared(weights), {
        teamId,
        ...format,
      }),
    );
  }

  private async inTurn<T>(teamId: string, work: () => Promise<T>): Promise<T> {
    const leave = await within(
      MAX_WAIT_MS,
      () => compilersBusy(MAX_WAIT_MS),
      (signal) => this.turns.take(teamId, signal),
    );
    try {
      return await work();
    } finally {
      leave();
    }
  }

  private async readShared(ref: ArtifactRef): Promise<Float32Array> {
    const bytes = new Uint8Array(new SharedArrayBuffer(4 * Math.floor(ref.sizeBytes / 4)));
    let at = 0;
    for await (const chunk of this.store.openRead(ref)) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return new Float32Array(bytes.buffer);
  }
}
