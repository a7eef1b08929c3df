import { kMeans, points } from '@noema/manifold';
import type { Candidate } from '../confirm/candidate.js';
import type { Space } from '../population/population.js';
import { fitGroups } from './fit-groups.js';
import { leastPlaced, type SearchData, selectPlaced, selectSpaces } from './search-data.js';

/** Most errors of one cell for a group, and share of the samples that count as errors where there are no classes. */
const MAX_NEEDED = 20;
const WORST = 0.1;
const MAX_CELLS = 20;
const MAX_PLACED = 20_000;

/**
 * Finds regions around the errors of each cell of the confusion matrix, of each class and predicted class, and of all,
 * whole and in two to five parts by their places. The errors themselves are no group: everybody in the region belongs
 * to it.
 */
export async function searchConfusions(data: SearchData): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const space of selectSpaces(data.population)) {
    const placed = selectPlaced(data, space, MAX_PLACED);
    const groups: (readonly number[])[] = [];
    for (const { errors, parts } of listErrors(data, placed)) {
      groups.push(errors);
      for (const count of parts)
        if (errors.length >= 2 * count * 3) groups.push(...(await partition(data, space, errors, count)));
    }
    found.push(...fitGroups(data, { finder: 'confusion', space, placed, groups }));
  }
  return found;
}

function listErrors(
  data: SearchData,
  placed: readonly number[],
): { readonly errors: readonly number[]; readonly parts: readonly number[] }[] {
  const { population, outcomes } = data;
  const { labels, predicted } = population;
  const least = leastPlaced(data, placed);
  const needed = Math.min(MAX_NEEDED, Math.max(4, Math.ceil(least / 2)));
  if (outcomes.errors === undefined || labels === undefined || predicted === undefined) {
    const byLoss = placed.toSorted((a, b) => outcomes.residuals[b]! - outcomes.residuals[a]! || a - b);
    const worst = byLoss.slice(0, Math.max(needed, Math.ceil(WORST * placed.length)));
    return [{ errors: worst, parts: [2, 3, 5] }];
  }
  const errors = placed.filter((at) => outcomes.errors![at] === 1);
  const getRow = (at: number): number => outcomes.rows[at]!;
  const byPredicted = group(errors, (at) => predicted[getRow(at)]!);
  const byLabel = group(errors, (at) => labels[getRow(at)]!);
  const byCell = group(errors, (at) => `${labels[getRow(at)]} ${predicted[getRow(at)]}`);
  return [
    ...byCell.slice(0, MAX_CELLS).map((cell) => ({ errors: cell, parts: [2] })),
    ...byLabel.slice(0, MAX_CELLS).map((cell) => ({ errors: cell, parts: [2, 3] })),
    ...byPredicted.slice(0, MAX_CELLS).map((cell) => ({ errors: cell, parts: [2, 3] })),
    { errors, parts: [2, 3, 5] },
  ].filter((cell) => cell.errors.length >= needed);
}

/** Returns the groups of equal keys, the largest first. */
function group<K>(positions: readonly number[], toKey: (at: number) => K): number[][] {
  const groups = new Map<K, number[]>();
  for (const at of positions) {
    const key = toKey(at);
    const own = groups.get(key);
    if (own) own.push(at);
    else groups.set(key, [at]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}

async function partition(
  { outcomes, seed, signal }: SearchData,
  { values, width }: Space,
  positions: readonly number[],
  count: number,
): Promise<number[][]> {
  const places = new Float32Array(positions.length * width);
  positions.forEach((at, to) => {
    const row = outcomes.rows[at]!;
    places.set(values.subarray(row * width, (row + 1) * width), to * width);
  });
  const { assignment } = await kMeans(points(places, width), count, {
    seed,
    starts: 4,
    iterations: 30,
    ...(signal && { signal }),
  });
  return Array.from({ length: count }, (_, part) => positions.filter((_, i) => assignment[i] === part));
}
