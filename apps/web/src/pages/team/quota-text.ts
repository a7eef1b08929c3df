import type { QuotaUsage } from '@noema/contracts/noema/workspace/v1/usage';
import { bytes, count, duration } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';

interface QuotaWords {
  readonly label: string;
  readonly note: string;
  readonly amount: (value: number) => string;
}

const seconds = (value: number): string => (value === 0 ? '0 s' : duration(value * 1000));

/** How each quota is called and counted. */
const WORDS: Readonly<Record<string, QuotaWords>> = {
  projects: { label: 'Projects', note: '', amount: count },
  samples: { label: 'Samples', note: 'in all dataset versions', amount: count },
  stored_bytes: { label: 'Storage', note: 'what results and dataset versions take', amount: bytes },
  queued_jobs: { label: 'Unfinished jobs', note: 'of the service that has most', amount: count },
  running_jobs: { label: 'Running jobs', note: 'others wait for their turn', amount: count },
  gpu_seconds: { label: 'GPU time', note: 'within 30 days', amount: seconds },
};

/** One quota as people read it. */
export interface QuotaLine {
  readonly label: string;
  readonly note: string;
  /** `3.2 MB of 5 GB`, or `3.2 MB` without a limit. */
  readonly used: string;
  /** `1.8 GB left`, or `no limit`. */
  readonly left: string;
  /** Share that is used, 0 to 1; `undefined` without a limit. */
  readonly share: number | undefined;
}

/** The line of a quota; one that this page does not know keeps its own name. */
export function quotaLine({
  quota,
  limit,
  used,
  left,
}: Pick<QuotaUsage, 'quota' | 'limit' | 'used' | 'left'>): QuotaLine {
  const { label, note, amount } = WORDS[quota] ?? {
    label: plainName(quota),
    note: '',
    amount: count,
  };
  const [most, has] = [Number(limit), Number(used)];
  if (most === 0) return { label, note, used: amount(has), left: 'no limit', share: undefined };
  return {
    label,
    note,
    used: `${amount(has)} of ${amount(most)}`,
    left: has > most ? `${amount(has - most)} above the limit` : `${amount(Number(left))} left`,
    share: Math.min(1, has / most),
  };
}

/** Nearly used up is worth a look, used up stops work. */
export const quotaColor = (share: number): string => (share >= 1 ? 'red' : share >= 0.8 ? 'orange' : 'blue');
