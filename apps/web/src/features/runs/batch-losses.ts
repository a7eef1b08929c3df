import type { RunProgress } from '@noema/contracts/noema/training/v1/run';

/** The mean training loss of an epoch so far; `x` counts epochs, with the share of the one in work. */
export interface BatchLoss {
  readonly x: number;
  readonly y: number;
}

/** Points that are kept of a run. */
const MAX_POINTS = 2_000;

/**
 * The known losses with one more point; a point that does not go on, as after a resume, takes the place of
 * the later ones.
 */
export function withProgress(
  before: readonly BatchLoss[] = [],
  { epoch, phase, done, total, loss }: Pick<RunProgress, 'epoch' | 'phase' | 'done' | 'total' | 'loss'>,
): readonly BatchLoss[] {
  if (phase !== 'training' || total <= 0 || done <= 0 || !Number.isFinite(loss)) return before;
  const x = epoch - 1 + Math.min(1, done / total);
  const kept = before.filter((point) => point.x < x);
  return [...kept.slice(-(MAX_POINTS - 1)), { x, y: loss }];
}
