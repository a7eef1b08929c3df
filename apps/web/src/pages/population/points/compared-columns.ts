import { computeOutcomes, type VersionPair } from '@noema/evaluation';
import { CHANGE, changeColumn, type Column } from './column.js';
import { type MatchedSamples, matchSamples } from './matched-samples.js';
import type { ComparedScopes, PointCache, PointScope } from './point-cache.js';

/** The columns of two versions, by the points of a map. */
export interface LoadedPair extends Omit<MatchedSamples, 'matches'> {
  readonly pair: VersionPair;
}

/** Pairs that are kept, the newest last. */
const MAX_PAIRS = 2;
const pairs = new Map<string, Promise<LoadedPair>>();

/** The columns of the two versions that `scope` compares. Throws what the API throws. */
export function loadPair(cache: PointCache, scope: PointScope): Promise<LoadedPair> {
  const { a, b } = scope.compared!;
  const key = [scope.datasetVersionId, a.runId, a.epoch, b.runId, b.epoch].join(' ');
  const loading = pairs.get(key) ?? readPair(cache, scope, scope.compared!);
  pairs.delete(key);
  pairs.set(key, loading);
  for (const oldest of pairs.keys()) if (pairs.size > MAX_PAIRS) pairs.delete(oldest);
  loading.catch(() => pairs.delete(key));
  return loading;
}

async function readPair(
  cache: PointCache,
  scope: PointScope,
  { a, b, hasCorrectness, numbers, truth }: ComparedScopes,
): Promise<LoadedPair> {
  const names = [...(hasCorrectness ? ['correct'] : []), ...numbers];
  await Promise.all([cache.want(a, names), cache.want(b, names)]);
  const { matches: matchA, ...countsOfA } = await matchSamples(cache, scope, a, truth);
  const { matches: matchB, ...countsOfB } = await matchSamples(cache, scope, b, truth);
  // One of both versions is of the data of the map.
  const counts = matchA === undefined ? countsOfB : countsOfA;
  const { count } = cache.orderOf(scope)!;
  const [before, now] = [readSide(cache, a, matchA, count), readSide(cache, b, matchB, count)];
  return {
    ...counts,
    pair: {
      rows: count,
      correct: hasCorrectness ? { before: before.correct(), now: now.correct() } : undefined,
      numbers: numbers.map((name) => ({ name, before: before.number(name), now: now.number(name) })),
    },
  };
}

/** Reads the columns of a version by the points of the map. */
function readSide(cache: PointCache, scope: PointScope, matches: Int32Array | undefined, count: number) {
  const at = (point: number): number => (matches === undefined ? point : matches[point]!);
  return {
    correct: (): Uint8Array => {
      const column = cache.find(scope, 'correct');
      const known = column?.kind === 'code' ? column : undefined;
      const codes = known?.names.map((name) => (name === 'true' ? 1 : 0)) ?? [];
      return Uint8Array.from({ length: count }, (_, point) => codes[known?.values[at(point)] ?? -1] ?? 255);
    },
    number: (name: string): Float32Array => {
      const column = cache.find(scope, name);
      const values = column?.kind === 'number' ? column.values : undefined;
      const read = (point: number): number => values?.[at(point)] ?? NaN;
      return Float32Array.from({ length: count }, (_, point) =>
        name === 'residual' ? Math.abs(read(point)) : read(point),
      );
    },
  };
}

/** The columns of the changes between the versions that `scope` compares. Throws what the API throws. */
export async function compareColumns(
  cache: PointCache,
  scope: PointScope,
  names: readonly string[],
): Promise<Column[]> {
  const { pair } = await loadPair(cache, scope);
  return names.flatMap((name): Column[] => {
    if (name === CHANGE) {
      const outcomes = computeOutcomes(pair);
      return [{ name, kind: 'code', values: outcomes.codes, missing: 255, names: outcomes.names }];
    }
    const number = pair.numbers.find((one) => changeColumn(one.name) === name);
    if (number === undefined) return [];
    const { before, now } = number;
    return [{ name, kind: 'number', values: now.map((value, point) => value - before[point]!) }];
  });
}
