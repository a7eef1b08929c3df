import {
  type ChartCell,
  type ChartQueries,
  type MarkChart,
  parseAggregate,
  type ReductionChart,
  wilsonInterval,
} from '@noema/evaluation';

export const PRECISION = 'precision';
/** Metrics of a class, as series of a chart. */
const CLASS_METRICS = [PRECISION, 'recall', 'F1'] as const;

/** A reduction as groups of samples, which the page draws; undefined for reductions that need all scores. */
export function toMarkChart({
  where,
  title,
  on,
  interval,
  reduction,
}: ReductionChart): MarkChart | undefined {
  const axis = (field: string) => ({ field, bins: undefined });
  const shared = { kind: 'mark', where, title, on, interval, value: parseAggregate('count()') } as const;
  switch (reduction) {
    case 'confusion':
      return {
        ...shared,
        mark: 'heatmap',
        x: axis('predicted_class'),
        y: axis('true_class'),
        color: undefined,
        facet: undefined,
      };
    case 'classes':
      return {
        ...shared,
        mark: 'bar',
        x: axis('true_class'),
        y: undefined,
        color: axis('metric'),
        facet: undefined,
      };
    default:
      return undefined;
  }
}

/**
 * Computes the confusions or the metrics of the classes over the rows that meet the filters. Throws as
 * `ChartQueries.cells`.
 */
export async function reduceCells(
  queries: ChartQueries,
  chart: ReductionChart,
  filters: readonly string[],
): Promise<ChartCell[]> {
  const counts = await queries.cells(toMarkChart({ ...chart, reduction: 'confusion' })!, filters);
  return chart.reduction === 'confusion'
    ? shareCells(counts, chart)
    : classCells(counts, chart.interval / 100);
}

/** Shares of the ground truth, of the prediction or of all samples, each with Wilson's interval and that total as n. */
function shareCells(counts: readonly ChartCell[], { normalize, interval }: ReductionChart): ChartCell[] {
  if (normalize === 'none') return [...counts];
  const groupKey = ({ x, y }: ChartCell): string =>
    normalize === 'truth' ? (y?.name ?? '') : normalize === 'prediction' ? (x?.name ?? '') : '';
  const totals = new Map<string, number>();
  for (const cell of counts) totals.set(groupKey(cell), (totals.get(groupKey(cell)) ?? 0) + cell.n);
  return counts.map((cell) => {
    const total = totals.get(groupKey(cell))!;
    const share = { value: cell.n / total, interval: wilsonInterval(cell.n, total, interval / 100) };
    return { ...cell, ...share, n: total };
  });
}

/**
 * Precision, recall and F1 of each class with samples. The n of a precision is the number of predictions of the class,
 * that of a recall the number of its samples; F1 is not a proportion and has no interval.
 */
function classCells(counts: readonly ChartCell[], confidence: number): ChartCell[] {
  const [support, predicted, hits] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const add = (map: Map<string, number>, name: string, n: number): void => {
    map.set(name, (map.get(name) ?? 0) + n);
  };
  for (const { x, y, n } of counts) {
    add(support, y!.name, n);
    add(predicted, x!.name, n);
    if (x!.name === y!.name) add(hits, x!.name, n);
  }
  const version = counts[0]?.version ?? 'current';
  return [...new Set([...support.keys(), ...predicted.keys()])]
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((name) => {
      const [own, said, right] = [support, predicted, hits].map((map) => map.get(name) ?? 0) as [
        number,
        number,
        number,
      ];
      const values = { precision: right / said, recall: right / own, F1: (2 * right) / (own + said) };
      const n = { precision: said, recall: own, F1: own };
      return CLASS_METRICS.filter((metric) => Number.isFinite(values[metric])).map(
        (metric): ChartCell => ({
          version,
          x: { name },
          color: { name: metric },
          n: n[metric],
          value: values[metric],
          interval: metric === 'F1' ? undefined : wilsonInterval(right, n[metric], confidence),
        }),
      );
    });
}
