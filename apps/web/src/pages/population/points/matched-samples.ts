import type { Column } from './column.js';
import type { PointCache, PointScope } from './point-cache.js';

/** Which samples of the data of a map another version has as well. */
export interface MatchedSamples {
  /** Point of the other version for each point of the map, −1 for none; undefined where both are the same. */
  readonly matches: Int32Array | undefined;
  /** Number of samples that both have, with the same ground truth. */
  readonly shared: number;
  /** Number of samples that both have, with another ground truth; they are left out. */
  readonly otherTruth: number;
  readonly onlyHere: number;
  readonly onlyThere: number;
}

/** The map of a version, and its column of the ground truth; without one the ground truths count as equal. */
export interface MatchedScope {
  readonly scope: PointScope;
  readonly truth: string | undefined;
}

/** Points that are matched between two pauses. */
const STEP = 100_000;

/**
 * Matches the points of a map with the points of another version: point by point within one dataset version, else by
 * split and id.
 */
export async function matchSamples(
  cache: PointCache,
  own: MatchedScope,
  version: MatchedScope,
): Promise<MatchedSamples> {
  const [scope, other] = [own.scope, version.scope];
  const here = cache.findOrder(scope)!.count;
  if (scope.datasetVersionId === other.datasetVersionId)
    return { matches: undefined, shared: here, otherTruth: 0, onlyHere: 0, onlyThere: 0 };
  await Promise.all(
    [own, version].map(({ scope: one, truth }) =>
      cache.want(one, ['sample_id', 'split', ...(truth === undefined ? [] : [truth])]),
    ),
  );
  const [ownKey, otherKey] = [keys(cache, scope), keys(cache, other)];
  const [ownTruth, otherTruth] = [own, version].map((one) => truthReader(cache, one));
  const there = cache.findOrder(other)!.count;
  const points = new Map<string, number>();
  for (let point = 0; point < there; point++) {
    points.set(otherKey(point), point);
    if (point % STEP === STEP - 1) await pause();
  }
  const matches = new Int32Array(here).fill(-1);
  let [shared, relabelled] = [0, 0];
  for (let point = 0; point < here; point++) {
    if (point % STEP === STEP - 1) await pause();
    const match = points.get(ownKey(point));
    if (match === undefined) continue;
    if (ownTruth!(point) !== otherTruth!(match)) relabelled++;
    else {
      matches[point] = match;
      shared++;
    }
  }
  const both = shared + relabelled;
  return { matches, shared, otherTruth: relabelled, onlyHere: here - both, onlyThere: there - both };
}

/** Lets the page draw. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });

/** The split and the id of each point. */
function keys(cache: PointCache, scope: PointScope): (point: number) => string {
  const split = cache.find(scope, 'split');
  const ids = cache.findTexts(scope, 'sample_id');
  return (point) => `${textAt(split, point)}/${ids?.at(point) ?? ''}`;
}

function truthReader(cache: PointCache, { scope, truth }: MatchedScope): (point: number) => string {
  const column = truth === undefined ? undefined : cache.find(scope, truth);
  return (point) => textAt(column, point);
}

const textAt = (column: Column | undefined, point: number): string =>
  column === undefined
    ? ''
    : column.kind === 'code'
      ? (column.names[column.values[point]!] ?? '')
      : String(column.values[point]);
