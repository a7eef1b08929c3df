import { type Run, RunState } from '@noema/contracts/noema/training/v1/run';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DomainError } from '@noema/kernel';
import type { Noema } from '../noema.js';
import { Progress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { faultError } from './watch-job.js';

/**
 * Shows a run until it has ended, one line an epoch, and returns it. Throws its fault when it failed,
 * `precondition` RUN_STOPPED when it was stopped.
 */
export async function watchRun(
  noema: Noema,
  terminal: Terminal,
  runId: string,
  signal: AbortSignal,
): Promise<Run> {
  const bar = new Progress(terminal, 'training', false);
  let [run, shown]: [Run | undefined, number] = [undefined, 0];
  try {
    for await (const message of noema.runs.watchRun({ runId }, { signal })) {
      ({ run } = message);
      const epochs = run?.settings?.epochs ?? 0;
      while (shown < (run?.epochsDone ?? 0)) {
        const { epoch } = await noema.epochs.getEpoch({ runId, epoch: ++shown });
        bar.end();
        terminal.line(`  ${describeEpoch(epoch!, epochs)}`);
      }
      const progress = message.progress;
      if (progress !== undefined && progress.total > 0) {
        bar.update(
          progress.done,
          progress.total,
          `epoch ${progress.epoch} of ${epochs}, ` +
            `${progress.phase}${progress.loss > 0 ? `, loss ${progress.loss.toFixed(3)}` : ''}`,
        );
      }
    }
  } finally {
    bar.end();
  }
  if (run?.state === RunState.FAILED) throw faultError(run.fault, `run ${runId} failed`);
  if (run?.state !== RunState.SUCCEEDED)
    throw new DomainError(
      'precondition',
      'RUN_STOPPED',
      `run ${runId} was stopped after ${run?.epochsDone ?? 0} epochs; go on with "noema runs resume ` +
        `${runId}"`,
    );
  return run;
}

export function describeEpoch(epoch: Epoch, epochs: number): string {
  const shown = SPLITS.flatMap(([name, split]) => {
    const of = epoch.splits.find((s) => s.split === split);
    if (of === undefined) return [];
    const metrics = of.metrics.map((m) => `${m.name} ${percent(m.name, m.value)}`);
    return [`${name} ${[`loss ${of.loss.toFixed(4)}`, ...metrics].join(', ')}`];
  });
  return (
    `epoch ${epoch.epoch} of ${epochs}: ` +
    `${shown.length === 0 ? 'no ground truth to compare with' : shown.join('; ')} ` +
    `(${epoch.seconds.toFixed(1)} s)`
  );
}

const SPLITS = [
  ['training', Split.TRAINING],
  ['validation', Split.VALIDATION],
  ['test', Split.TEST],
] as const;

const percent = (name: string, value: number): string =>
  name.includes('accuracy') ? `${(value * 100).toFixed(2)} %` : value.toFixed(4);
