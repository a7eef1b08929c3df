import type { Run, RunProgress } from '@noema/contracts/noema/training/v1/run';

/** Shares of an epoch's time that its phases take, measured on the digits; only to move the bar evenly. */
const PHASES: readonly (readonly [phase: string, from: number, to: number])[] = [
  ['training', 0, 0.8],
  ['evaluating', 0.8, 0.98],
  ['saving', 0.98, 1],
];

/** How far a run is, 0 to 1, over all of its epochs. */
export function runShare(
  { epochsDone, settings }: Pick<Run, 'epochsDone' | 'settings'>,
  progress: Pick<RunProgress, 'epoch' | 'phase' | 'done' | 'total'> | undefined,
): number {
  const epochs = Math.max(1, settings?.epochs ?? 1);
  if (progress === undefined || progress.epoch <= epochsDone) return Math.min(1, epochsDone / epochs);
  const [, from, to] = PHASES.find(([phase]) => phase === progress.phase) ?? ['', 0, 1];
  const within = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  return Math.min(1, (progress.epoch - 1 + from + within * (to - from)) / epochs);
}
