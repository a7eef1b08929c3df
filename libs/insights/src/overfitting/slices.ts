import { kMeans, points } from '@noema/manifold';
import { permutation, seededRandom } from '@noema/kernel/random';
import type { Membership } from '../finding/membership.js';
import { listClassPredicates, listMetadataPredicates } from '../low-performance/predicates.js';
import { type SearchData, selectPlaced, selectSpaces } from '../low-performance/search-data.js';
import { pickPlaces } from '../population/places.js';
import type { Space } from '../population/population.js';

const CLUSTERS = 12;
const MAX_CLUSTERED = 4000;
/** Share of a cluster that its ball contains. */
const COVERED = 0.9;

/** Returns classes, cells of metadata, and balls around clusters in an early space and in that of all layers. */
export async function listSlices(data: SearchData): Promise<Membership[]> {
  const predicates = [...listClassPredicates(data), ...listMetadataPredicates(data)];
  const cells = predicates.map(({ condition }): Membership => ({ by: 'conditions', all: [condition] }));
  const balls: Membership[] = [];
  for (const space of selectSpaces(data.population).slice(0, 2))
    balls.push(...(await findBalls(data, space)));
  return [...cells, ...balls];
}

async function findBalls(data: SearchData, space: Space): Promise<Membership[]> {
  const { seed, signal, outcomes } = data;
  const { width } = space;
  const placed = selectPlaced(data, space);
  const order = permutation(placed.length, seededRandom(seed, 0x6f766572)).subarray(0, MAX_CLUSTERED);
  const rows = Int32Array.from(order, (at) => outcomes.rows[placed[at]!]!);
  const k = Math.min(CLUSTERS, Math.floor(rows.length / 20));
  if (k < 2) return [];
  const cloud = pickPlaces(space, rows);
  const { assignment, centres, sizes } = await kMeans(points(cloud, width), k, {
    seed,
    starts: 2,
    iterations: 50,
    ...(signal && { signal }),
  });
  return sizes.map((_, cluster): Membership => {
    const center = Array.from(centres.subarray(cluster * width, (cluster + 1) * width));
    const distances: number[] = [];
    assignment.forEach((own, at) => {
      if (own !== cluster) return;
      distances.push(Math.hypot(...center.map((c, i) => cloud[at * width + i]! - c)));
    });
    distances.sort((a, b) => a - b);
    const radius = distances[Math.floor(COVERED * (distances.length - 1))] ?? 0;
    return { by: 'ball', space: space.key, center, radius, all: [] };
  });
}
