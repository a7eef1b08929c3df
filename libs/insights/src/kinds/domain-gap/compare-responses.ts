import type { Population } from '../../population/population.js';
import { toDirections } from '../../statistics/leave-one-out.js';
import { type Separation, separationTest } from '../../statistics/separation-test.js';
import { type DepthView, readLogs, readRows, standardiseByClass } from './depth-views.js';
import type { MatchedRows } from './match.js';
import { createShuffle } from './shuffle-sides.js';

/** Comparison of both sides at one depth; scores are higher for side B, A first. */
export interface DepthComparison extends Separation {
  readonly title: string;
  readonly depth: number;
}

export interface ResponseComparison {
  readonly depths: readonly DepthComparison[];
  /** Of all depths together. */
  readonly pValue: number;
}

export interface CompareOptions {
  readonly permutations: number;
  readonly seed: number;
}

/**
 * Tests whether the responses of both sides have one distribution, at each depth and at all together. A view has the
 * responses and, where none is negative, their logarithms: more light multiplies a response.
 */
export function compareResponses(
  population: Population,
  views: readonly DepthView[],
  { a, b }: MatchedRows,
  { permutations, seed }: CompareOptions,
): ResponseComparison {
  const rows = Int32Array.from([...a, ...b]);
  const sides = Uint8Array.from(rows, (_, i) => Number(i >= a.length));
  const classes = Int32Array.from(rows, (row) => population.labels?.[row] ?? 0);
  const groups = population.groups && Int32Array.from(rows, (row) => population.groups![row]!);
  const shuffle = createShuffle(sides, { classes, groups }, seed);
  const parts = views.map((view) => {
    const values = readRows(view, rows);
    const logs = readLogs(values, view.width);
    return [values, ...(logs === undefined ? [] : [logs])].map((columns) =>
      toDirections(standardiseByClass(columns, view.width, classes), view.width, rows.length),
    );
  });
  const { pValue, views: separations } = separationTest(parts, sides, { permutations, shuffle });
  return {
    pValue,
    depths: separations.map((one, at) => ({ ...one, title: views[at]!.title, depth: views[at]!.depth })),
  };
}
