import type { Job, JobProgress } from '@noema/contracts/noema/jobs/v1/job';
import { count } from '../../parts/numbers.js';

/** The work of a job, for people; its kind where the platform has no name for it. */
export const jobName = ({ title, kind }: Pick<Job, 'title' | 'kind'>): string => title || kind;

/** How far a stage is, 0 to 1; undefined when unknown. */
export const progressShare = (progress: JobProgress | undefined): number | undefined =>
  progress === undefined || progress.total <= 0
    ? undefined
    : Math.max(0, Math.min(1, progress.done / progress.total));

/** How far a job is, 0 to 1: by the units of its stage, else by its shards; undefined when unknown. */
export function jobShare({ progress, shards }: Job): number | undefined {
  const all = shards === undefined ? 0 : shards.queued + shards.running + shards.done + shards.failed;
  return progressShare(progress) ?? (all > 1 ? (shards?.done ?? 0) / all : undefined);
}

/**
 * How far a job is in words: `encode · 4,096 of 10,000 samples`; without its stage where that stands next to
 * it.
 */
export function progressText(progress: JobProgress | undefined, withStage = true): string {
  if (progress === undefined) return '';
  const amount =
    progress.total > 0
      ? `${count(progress.done)} of ${count(progress.total)} ${progress.unit}`.trim()
      : progress.done > 0
        ? `${count(progress.done)} ${progress.unit}`.trim()
        : '';
  return [progress.message === '' && withStage ? progress.stage : progress.message, amount]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Shards in words: `3 of 5 shards`; empty for a job of one. */
export function shardsText({ shards }: Job): string {
  if (shards === undefined) return '';
  const all = shards.queued + shards.running + shards.done + shards.failed;
  if (all <= 1) return '';
  return `${shards.done} of ${all} shards${shards.failed > 0 ? `, ${shards.failed} failed` : ''}`;
}
