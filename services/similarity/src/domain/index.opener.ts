import { DomainError, type Registry, type UnitOfWork } from '@noema/kernel';
import type { Points } from '@noema/manifold';
import type { ActivationSet } from './activation-set.js';
import { measureRecall, RECALL_K } from './recall.js';
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

/** Opens the index of a set; one whose bytes are damaged is built again from the vectors, measured and kept, and never answers. */
export class IndexOpener {
  constructor(private readonly ports: OpenerPorts) {}

  async open(set: ActivationSet, index: VectorIndex, vectors: Points): Promise<OpenIndex> {
    const kind = this.ports.kinds.get(index.kind);
    try {
      const bytes = index.artifact && (await this.ports.matrices.index(index.artifact));
      return { search: await kind.open(vectors, index.params, bytes), recall: index.recall };
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'data-loss') throw error;
      return this.rebuild(set, index, vectors);
    }
  }

  private async rebuild(set: ActivationSet, { id, kind, params }: VectorIndex, vectors: Points): Promise<OpenIndex> {
    const { work, indexes, matrices, kinds } = this.ports;
    const bytes = await kinds.get(kind).build(vectors, params);
    const search = await kinds.get(kind).open(vectors, params, bytes);
    try {
      const recall = await measureRecall(vectors, search, { k: Math.min(RECALL_K, vectors.n - 1) });
      const artifact = bytes && (await matrices.putIndex(set, id, bytes));
      await work.run(set.teamId, () => indexes.complete(id, recall, artifact));
      return { search, recall };
    } catch (error) {
      await search.close();
      throw error;
    }
  }
}
