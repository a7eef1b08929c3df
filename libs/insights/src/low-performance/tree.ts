import { condensedTree, type ClusterTree, nearestNeighbors, points } from '@noema/manifold';
import type { Candidate } from '../confirm/candidate.js';
import type { Space } from '../population/population.js';
import { fitGroups } from './fit-groups.js';
import { leastPlaced, type SearchData, selectPlaced, selectSpaces } from './search-data.js';

const NEIGHBORS = 15;
/** Weights of the loss axis against the whole spread of the space. */
const LOSS_WEIGHTS = [0, 1, 2] as const;
const MAX_PLACED = 10_000;
const MAX_NODES = 25;

/**
 * Finds dense groups of equal loss: the nodes of a condensed tree on the nearest neighbours in a space with the
 * residual as one more axis (after PlaneSpot: Plumb et al., Towards a more rigorous science of blindspot discovery,
 * TMLR 2023).
 */
export async function searchTrees(data: SearchData): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const space of selectSpaces(data.population)) {
    const placed = selectPlaced(data, space, MAX_PLACED);
    const least = leastPlaced(data, placed);
    if (placed.length < 2 * least || placed.length <= NEIGHBORS) continue;
    for (const weight of LOSS_WEIGHTS) {
      data.signal?.throwIfAborted();
      const cloud = withLossAxis(data, space, { placed, weight });
      const { graph } = await nearestNeighbors(cloud, NEIGHBORS, { threads: data.threads, seed: data.seed });
      const tree = await condensedTree(cloud, graph, { minClusterSize: least });
      const groups = selectNodes(data, tree, placed);
      found.push(...fitGroups(data, { finder: 'tree', space, placed, groups }));
    }
  }
  return found;
}

function withLossAxis(
  { outcomes }: SearchData,
  { values, width }: Space,
  { placed, weight }: { readonly placed: readonly number[]; readonly weight: number },
): ReturnType<typeof points> {
  const n = placed.length;
  const data = new Float32Array(n * (width + 1));
  placed.forEach((at, i) => {
    const row = outcomes.rows[at]!;
    data.set(values.subarray(row * width, (row + 1) * width), i * (width + 1));
  });
  const residuals = Float64Array.from(placed, (at) => outcomes.residuals[at]!);
  const scale = spread(residuals, 1) > 0 ? (weight * spread(data, width + 1)) / spread(residuals, 1) : 0;
  residuals.forEach((residual, i) => (data[i * (width + 1) + width] = scale * residual));
  return points(data, width + 1);
}

/** Returns the root of the total variance of points of some axes. */
function spread(values: Float32Array | Float64Array, width: number): number {
  const n = values.length / width;
  let total = 0;
  for (let d = 0; d < width; d++) {
    let sum = 0;
    let squares = 0;
    for (let i = d; i < values.length; i += width) {
      sum += values[i]!;
      squares += values[i]! ** 2;
    }
    total += Math.max(0, squares / n - (sum / n) ** 2);
  }
  return Math.sqrt(total);
}

/** Returns the nodes below the root whose residuals stand out most. */
function selectNodes(
  { outcomes }: SearchData,
  { parents, clusterByPoint }: ClusterTree,
  placed: readonly number[],
): number[][] {
  const members = parents.map((): number[] => []);
  clusterByPoint.forEach((cluster, i) => members[cluster]!.push(placed[i]!));
  for (let node = parents.length - 1; node > 0; node--)
    for (const at of members[node]!) members[parents[node]!]!.push(at);
  const strength = (own: readonly number[]): number =>
    own.reduce((sum, at) => sum + outcomes.residuals[at]!, 0) / Math.sqrt(own.length);
  return members
    .slice(1)
    .map((own) => ({ own, strength: strength(own) }))
    .filter((node) => node.strength > 0)
    .sort((a, b) => b.strength - a.strength)
    .slice(0, MAX_NODES)
    .map(({ own }) => own);
}
