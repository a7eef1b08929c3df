import type { ClassResponse, HistogramBin } from '@noema/contracts/noema/activations/v1/unit';

/** A part of a histogram: one label, several small ones together, or the samples without one. */
export interface HistogramPart {
  /** The class; -1 for the rest. */
  readonly index: number;
  readonly name: string;
  /** Samples by bin. */
  readonly counts: readonly number[];
}

/**
 * A histogram by label: at most `most` labels, the smallest of more taken together with those without a
 * label.
 */
export function toParts(
  histogram: readonly Pick<HistogramBin, 'count'>[],
  classes: readonly Pick<ClassResponse, 'classIndex' | 'className' | 'counts'>[],
  most = 16,
): HistogramPart[] {
  const total = ({ counts }: { readonly counts: readonly number[] }): number =>
    counts.reduce((sum, n) => sum + n, 0);
  const told = classes.filter(({ counts }) => counts.length === histogram.length);
  const large = new Set([...told].sort((a, b) => total(b) - total(a)).slice(0, most));
  const parts = told
    .filter((one) => large.has(one))
    .map(({ classIndex, className, counts }) => ({
      index: classIndex,
      name: className === '' ? String(classIndex) : className,
      counts,
    }));
  const rest = histogram.map(({ count }, bin) =>
    Math.max(0, count - parts.reduce((sum, { counts }) => sum + counts[bin]!, 0)),
  );
  if (rest.every((n) => n === 0)) return parts;
  return [
    ...parts,
    {
      index: -1,
      name: told.length === 0 ? 'all samples' : told.length > most ? 'other labels' : 'without a label',
      counts: rest,
    },
  ];
}
