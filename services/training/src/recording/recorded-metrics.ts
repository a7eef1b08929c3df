import type { SplitRange } from '@noema/population';
import { computeMetrics } from '../engine/evaluator.js';
import type { Outputs } from '../engine/verdicts.js';
import type { SplitMetrics } from '../epoch/epoch.js';
import type { RunSettings } from '../run/run.js';
import { gatherRows } from './gather-rows.js';
import type { EpochFacts } from './recording.js';

/**
 * Metrics of each split over its rows with a loss. Metrics that the clients measured themselves are added to
 * the training split; for several writers, their mean.
 */
export function measureSplits(
  splits: readonly SplitRange[],
  of: Outputs,
  loss: Float32Array,
  settings: RunSettings,
  facts: readonly EpochFacts[],
): SplitMetrics[] {
  const measured = splits.flatMap((range) => {
    const rows = Int32Array.from({ length: range.count }, (_, i) => range.firstRow + i).filter(
      (row) => of.hasLoss[row] === 1,
    );
    if (rows.length === 0) return [];
    const truthWidth = of.truth?.width ?? 0;
    const compact: Outputs = {
      ...of,
      rows: rows.length,
      hasLoss: new Uint8Array(rows.length).fill(1),
      outputs: gatherRows(of.outputs, of.width, rows),
      positions: undefined,
      truth: of.truth && { width: truthWidth, data: gatherRows(of.truth.data, truthWidth, rows) },
    };
    const span = { ...range, firstRow: 0, count: rows.length };
    const metrics = of.truth === undefined ? [] : settings.metrics;
    return [computeMetrics(span, gatherRows(loss, 1, rows), compact, metrics)];
  });
  const own = meanMetrics(facts);
  if (own.length === 0) return measured;
  const training = measured.find(({ split }) => split === 'training');
  return training === undefined
    ? measured
    : measured.map((each) => (each === training ? { ...each, metrics: [...each.metrics, ...own] } : each));
}

/** The metrics that clients measured, by name; the mean over the writers that have one. */
function meanMetrics(facts: readonly EpochFacts[]): { readonly name: string; readonly value: number }[] {
  const values = new Map<string, number[]>();
  for (const { name, value } of facts.flatMap(({ metrics }) => metrics))
    if (Number.isFinite(value)) values.set(name, [...(values.get(name) ?? []), value]);
  return [...values].map(([name, all]) => ({
    name,
    value: all.reduce((sum, value) => sum + value, 0) / all.length,
  }));
}
