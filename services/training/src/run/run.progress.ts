import type { RunPhase, RunProgress } from './run.js';

const PATTERN = /^epoch (\d+) of \d+: (training|evaluating|saving)(?:, loss ([\d.e+-]+))?$/;

/** The progress as a sentence for the job. */
export function describeProgress({ epoch, phase, loss }: RunProgress, epochs: number): string {
  return `epoch ${epoch} of ${epochs}: ${phase}${loss > 0 ? `, loss ${loss.toPrecision(4)}` : ''}`;
}

/** Parses the progress from such a sentence with its counts; `undefined` for any other text. */
export function readProgress(message: string, done: number, total: number): RunProgress | undefined {
  const [, epoch, phase, loss] = PATTERN.exec(message) ?? [];
  if (epoch === undefined) return undefined;
  return { epoch: Number(epoch), phase: phase as RunPhase, done, total, loss: Number(loss ?? 0) };
}
