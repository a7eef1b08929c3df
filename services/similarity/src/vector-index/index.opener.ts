import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DomainError, LruCache, type Port, type Registry, type UnitOfWork } from '@noema/kernel';
import type { Points } from '@noema/manifold';
import { Database } from '@noema/postgres';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { MatrixStore } from '../activation-set/matrix.store.js';
import { countRows } from '../activation-set/row-mask.js';
import { buildIndex, openIndex, type Searchable } from './index.making.js';
import { parametersAtSearch, sameParameters, formatParameters } from './index-parameters.js';
import { IndexKinds } from './index-kinds.js';
import type { IndexKindAdapter, SearchableIndex, VectorIndex } from './vector-index.js';
import { VectorIndexRepository } from './vector-index.repository.js';

/** How many indexes stay open for the next query. */
const MAX_OPEN_INDEXES = 4;

/** An index that answers, and the recall that was measured of it. */
export interface OpenIndex {
  readonly search: SearchableIndex;
  readonly recall: number;
}

/**
 * Opens the indexes of sets and keeps those used last open. One whose bytes are damaged is built again from the
 * vectors, measured and stored, and never answers.
 */
@Injectable()
export class IndexOpener implements OnApplicationShutdown {
  private readonly opened = new LruCache<OpenIndex>(MAX_OPEN_INDEXES, {
    close: ({ search }) => search.close(),
  });

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(VectorIndexRepository)
    private readonly indexes: Pick<VectorIndexRepository, 'addRecall' | 'complete'>,
    @Inject(MatrixStore) private readonly matrices: Port<MatrixStore>,
    @Inject(IndexKinds) private readonly kinds: Registry<IndexKindAdapter>,
  ) {}

  /**
   * Opens an index with other settings of a search than it was built with; its recall with them is measured
   * once, and stored. Throws `invalid` PARAMETER_*.
   */
  async open(
    set: ActivationSet,
    index: VectorIndex,
    settings: Readonly<Record<string, unknown>>,
  ): Promise<OpenIndex> {
    const vectors = await this.matrices.vectors(set);
    const params = parametersAtSearch(this.kinds.get(index.kind), index.params, settings);
    return this.opened.get(formatVersion(index, params), () => this.load(set, index, vectors, params));
  }

  onApplicationShutdown(): Promise<void> {
    return this.opened.clear();
  }

  private async load(
    set: ActivationSet,
    index: VectorIndex,
    vectors: Points,
    params: VectorIndex['params'],
  ): Promise<OpenIndex> {
    const { kinds, matrices } = this;
    const kind = kinds.get(index.kind);
    const source = { vectors, leftOut: index.leftOut };
    const read = async ({ artifact }: VectorIndex): Promise<Searchable> =>
      openIndex(kind, source, params, artifact && (await matrices.index(artifact)));
    let current = index;
    const opened = await read(index).catch(async (error: unknown) => {
      if (!(error instanceof DomainError) || error.kind !== 'data-loss') throw error;
      current = await this.rebuild(set, index, vectors);
      return read(current);
    });
    try {
      return { search: opened.search, recall: await this.getRecall(set, current, params, opened) };
    } catch (error) {
      await opened.search.close();
      throw error;
    }
  }

  private async getRecall(
    set: ActivationSet,
    { id, params: own, recall, recalls }: VectorIndex,
    params: VectorIndex['params'],
    opened: Searchable,
  ): Promise<number> {
    if (sameParameters(own, params)) return recall;
    const known = recalls.find((measured) => sameParameters(measured.params, params));
    if (known !== undefined) return known.recall;
    const measured = { params, recall: await opened.measure() };
    await this.unitOfWork.run(set.teamId, () => this.indexes.addRecall(id, measured));
    return measured.recall;
  }

  private async rebuild(set: ActivationSet, index: VectorIndex, vectors: Points): Promise<VectorIndex> {
    const { unitOfWork, indexes, matrices, kinds } = this;
    const { id, params, leftOut } = index;
    const { bytes, recall } = await buildIndex(kinds.get(index.kind), { vectors, leftOut }, params);
    const artifact = bytes && (await matrices.putIndex(set, id, bytes));
    await unitOfWork.run(set.teamId, () => indexes.complete(id, { recall, artifact, leftOut }));
    return { ...index, recall, recalls: [], artifact };
  }
}

/** An index that was built again is another one. */
const formatVersion = ({ id, artifact, leftOut }: VectorIndex, params: VectorIndex['params']): string =>
  [id, formatParameters(params), artifact?.sha256, countRows(leftOut)].join(' ');
