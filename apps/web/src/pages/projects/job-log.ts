import { type JobLogEntry, LogLevel } from '@noema/contracts/noema/jobs/v1/job';
import { toMs } from '../../parts/instants.js';

/** Name and style of each level of a log. */
export const LEVELS: Readonly<Record<LogLevel, { readonly label: string; readonly color: string }>> = {
  [LogLevel.UNSPECIFIED]: { label: '–', color: 'gray' },
  [LogLevel.INFO]: { label: 'info', color: 'blue' },
  [LogLevel.WARNING]: { label: 'warning', color: 'yellow' },
  [LogLevel.ERROR]: { label: 'error', color: 'red' },
};

/** Where in the job an entry belongs: `encode #3, attempt 2`; empty for the whole job. */
export function formatPlace({
  stage,
  shard,
  attempt,
}: Pick<JobLogEntry, 'stage' | 'shard' | 'attempt'>): string {
  const where = stage === '' ? '' : shard < 0 ? stage : `${stage} #${shard}`;
  return [where, attempt > 1 ? `attempt ${attempt}` : ''].filter((part) => part !== '').join(', ');
}

/** The log as a text of one line an entry, times in UTC. */
export const logText = (entries: readonly JobLogEntry[]): string =>
  entries
    .map((entry) =>
      [
        new Date(toMs(entry.time) ?? 0).toISOString(),
        LEVELS[entry.level].label,
        formatPlace(entry),
        entry.message,
        entry.fault?.reason ?? '',
      ]
        .filter((part) => part !== '')
        .join('  '),
    )
    .join('\n') + '\n';
