import { DomainError, type Registry, type UnitOfWork } from '@noema/kernel';
import type { Points } from '@noema/manifold';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { buildIndex, openIndex, type Searchable } from './index.making.js';
import { sameParameters } from './index-parameters.js';
import type { MatrixStore, VectorIndexRepository } from './similarity.ports.js';
import type { IndexKindAdapter, SearchableIndex, VectorIndex } from './vector-index.js';

export interface OpenerPorts {
  readonly work: UnitOfWork;
  readonly indexes: VectorIndexRepository;
  readonly matrices: MatrixStore;
  readonly kinds: Registry<IndexKindAdapter>;
}

/** An index that answers, and the recall that was measured of it. */
export interface OpenIndex {
  readonly search: SearchableIndex;
  readonly recall: number;
}

/**
 * Opens the index of a set; one whose bytes are damaged is built again from the vectors, measured and kept,
 * and never answers.
 */
export class IndexOpener {
  constructor(private readonly ports: OpenerPorts) {}

  /**
   * With `params` in place of those that it was made with; its recall with them is measured once, and kept.
   */
  async open(
    set: ActivationSet,
    index: VectorIndex,
    vectors: Points,
    params: VectorIndex['params'] = index.params,
  ): Promise<OpenIndex> {
    const { kinds, matrices } = this.ports;
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
      return { search: opened.search, recall: await this.recallOf(set, current, params, opened) };
    } catch (error) {
      await opened.search.close();
      throw error;
    }
  }

  private async recallOf(
    set: ActivationSet,
    { id, params: own, recall, recalls }: VectorIndex,
    params: VectorIndex['params'],
    opened: Searchable,
  ): Promise<number> {
    if (sameParameters(own, params)) return recall;
    const known = recalls.find((measured) => sameParameters(measured.params, params));
    if (known !== undefined) return known.recall;
    const measured = { params, recall: await opened.measure() };
    await this.ports.work.run(set.teamId, () => this.ports.indexes.addRecall(id, measured));
    return measured.recall;
  }

  private async rebuild(set: ActivationSet, index: VectorIndex, vectors: Points): Promise<VectorIndex> {
    const { work, indexes, matrices, kinds } = this.ports;
    const { id, params, leftOut } = index;
    const { bytes, recall } = await buildIndex(kinds.get(index.kind), { vectors, leftOut }, params);
    const artifact = bytes && (await matrices.putIndex(set, id, bytes));
    await work.run(set.teamId, () => indexes.complete(id, { recall, artifact, leftOut }));
    return { ...index, recall, recalls: [], artifact };
  }
}
