import { compareAll } from '../neighbors/exact-row.js';
import { ExactSearch } from '../neighbors/exact-search.js';
import type { Mover } from './mover.js';
import { pacmapMover } from './pacmap-mover.js';
import type { PlacingTask } from './placing-task.js';
import { tsneMover } from './tsne-mover.js';
import { umapMover } from './umap-mover.js';

/**
 * Finds the stored neighbours of new points `from` … `to` of the task and positions them one by one. A
 * point's position depends only on its vector and the seed.
 */
export class NewPoints {
  private readonly mover: Mover | undefined;
  private readonly squares: Float64Array;
  private readonly place: Float64Array;
  private readonly search: ExactSearch | undefined;

  constructor(
    private readonly task: PlacingTask,
    thread = 0,
  ) {
    this.search = task.tools && new ExactSearch(task.stored, task.tools[thread]!);
    this.mover = createMover(task);
    this.squares = new Float64Array(task.k);
    this.place = new Float64Array(task.map.d);
  }

  run(from: number, to: number): void {
    const {
      task: { stored, fresh, map, k, neighbors, distances, coordinates },
      mover,
      squares,
      place,
      search,
    } = this;
    for (let i = from; i < to; i++) {
      const indices = neighbors.subarray(i * k, (i + 1) * k);
      const row = distances.subarray(i * k, (i + 1) * k);
      if (search === undefined) compareAll(stored, fresh, i, {}, indices, squares);
      else search.nearest(fresh, i, {}, indices, squares);
      row.set(squares.map(Math.sqrt));
      if (mover === undefined) continue;
      mover(place.fill(0), indices, row);
      coordinates.set(place, i * map.d);
    }
  }
}

function createMover({ move, map }: PlacingTask): Mover | undefined {
  switch (move.by) {
    case 'umap':
      return umapMover(move, map);
    case 'tsne':
      return tsneMover(move, map);
    case 'pacmap':
      return pacmapMover(move, map);
    case 'none':
      return undefined;
  }
}
