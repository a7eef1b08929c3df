import { computeOutcomes, type VersionPair } from '@noema/evaluation';
import { toOutputColumn } from '../../../parts/output-column.js';
import { CHANGE, changeColumn, type Column } from './column.js';
import { type MatchedSamples, type MatchedScope, matchSamples } from './matched-samples.js';
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
  const { a, b, output } = scope.compared!;
  const key = [scope.datasetVersionId, a.runId, a.epoch, b.runId, b.epoch, output].join(' ');
  const loading = pairs.get(key) ?? readPair(cache, scope, scope.compared!);
  pairs.delete(key);
  pairs.set(key, loading);
  for (const oldest of pairs.keys()) if (pairs.size > MAX_PAIRS) pairs.delete(oldest);
  loading.catch(() => pairs.delete(key));
  return loading;
}

/** The column of a map of version A or B with the values of the compared output. */
export function comparedColumn(
  name: string,
  { runId }: PointScope,
  { a, b, output }: ComparedScopes,
): string {
  const { outputs } = a.runId === runId ? a : b;
  return toOutputColumn(name, output, outputs);
}

async function readPair(cache: PointCache, scope: PointScope, compared: ComparedScopes): Promise<LoadedPair> {
  const { a, b, hasCorrectness, numbers, truth } = compared;
  const names = [...(hasCorrectness ? ['correct'] : []), ...numbers];
  await Promise.all(
    [a, b].map((one) =>
      cache.want(
        one,
        names.map((name) => comparedColumn(name, one, compared)),
      ),
    ),
  );
  const withTruth = (one: PointScope): MatchedScope => ({
    scope: one,
    truth: truth && comparedColumn(truth, one, compared),
  });
  const { matches: matchA, ...countsOfA } = await matchSamples(cache, withTruth(scope), withTruth(a));
  const { matches: matchB, ...countsOfB } = await matchSamples(cache, withTruth(scope), withTruth(b));
  // One of both versions is of the data of the map.
  const counts = matchA === undefined ? countsOfB : countsOfA;
  const { count } = cache.findOrder(scope)!;
  const read = (one: PointScope, matches: Int32Array | undefined) =>
    readSide((name) => cache.find(one, comparedColumn(name, one, compared)), matches, count);
  const [before, now] = [read(a, matchA), read(b, matchB)];
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
function readSide(
  find: (name: string) => Column | undefined,
  matches: Int32Array | undefined,
  count: number,
) {
  const at = (point: number): number => (matches === undefined ? point : matches[point]!);
  return {
    correct: (): Uint8Array => {
      const column = find('correct');
      const known = column?.kind === 'code' ? column : undefined;
      const codes = known?.names.map((name) => (name === 'true' ? 1 : 0)) ?? [];
      return Uint8Array.from({ length: count }, (_, point) => codes[known?.values[at(point)] ?? -1] ?? 255);
    },
    number: (name: string): Float32Array => {
      const column = find(name);
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
