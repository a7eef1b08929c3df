import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import {
  findOrThrow,
  isGivenUp,
  type Page,
  type PageQuery,
  type Port,
  type Registry,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import {
  activationSetNotFound,
  notInProject,
  tooFewSamples,
} from '../activation-set/activation-set.errors.js';
import { ActivationSetRepository } from '../activation-set/activation-set.repository.js';
import { BuildQueue } from '../build/build.queue.js';
import type { SimilarityConfig } from '../config.js';
import { IndexKinds } from './index-kinds.js';
import { parseParameters } from './index-parameters.js';
import { indexNotFound } from './vector-index.errors.js';
import type { IndexKindAdapter, SetFilter, VectorIndex } from './vector-index.js';
import { VectorIndexRepository } from './vector-index.repository.js';

export interface NewIndexRequest {
  /** The project of the set. */
  readonly projectId: string;
  readonly activationSetId: string;
  /** Default: the kind of the settings. */
  readonly kind: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Creates, reads and deletes indexes; workers build them. */
@Injectable()
export class VectorIndexService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationSetRepository) private readonly sets: Port<ActivationSetRepository>,
    @Inject(VectorIndexRepository) private readonly indexes: Port<VectorIndexRepository>,
    @Inject(BuildQueue) private readonly queue: Port<BuildQueue>,
    @Inject(IndexKinds) private readonly kinds: Registry<IndexKindAdapter>,
    @Inject(SETTINGS) private readonly settings: Pick<SimilarityConfig, 'indexKind'>,
  ) {}

  /**
   * Starts an index of a kind, or returns the one that the set has with these settings. Throws `not-found`,
   * `invalid` PARAMETER_*, `precondition`.
   */
  create(
    teamId: string,
    { projectId, activationSetId, kind = this.settings.indexKind, params: given }: NewIndexRequest,
  ): Promise<VectorIndex> {
    const { unitOfWork, sets, indexes, queue, kinds } = this;
    return unitOfWork.run(teamId, async () => {
      const adapter = kinds.get(kind);
      const params = parseParameters(adapter, given);
      const set = await findOrThrow(sets, activationSetId, activationSetNotFound);
      if (set.projectId !== projectId) throw notInProject(activationSetId, projectId);
      if (set.sampleCount < 2) throw tooFewSamples(set.sampleCount);
      const known = await indexes.findBySet(set.id, kind, params);
      if (known !== undefined && !isGivenUp(known.state)) return known;
      adapter.checkReady();
      if (known !== undefined) await indexes.delete(known.id);
      const id = uuidv7();
      const jobId = await queue.queue(teamId, { activationSetId: set.id, indexId: id, neighborGraphId: '' });
      return indexes.insert({ id, set, kind, params, jobId });
    });
  }

  /** Throws `not-found`, also for an index of another team. */
  get(teamId: string, id: string): Promise<VectorIndex> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.indexes, id, indexNotFound));
  }

  list(teamId: string, where: SetFilter, query: PageQuery): Promise<Page<VectorIndex>> {
    return this.unitOfWork.run(teamId, () => this.indexes.list(where, query));
  }

  /** Throws `not-found`, also for an index of another team. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await findOrThrow(this.indexes, id, indexNotFound);
      await this.indexes.delete(id);
    });
  }
}
