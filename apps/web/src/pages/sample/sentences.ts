import type { GetSampleHistoryResponse } from '@noema/contracts/noema/training/v1/evaluation_service';
import { count, value } from '../../parts/numbers.js';

/** `1st`, `2nd`, `3rd`, `11th`, `1,022nd`. */
export function ordinal(number: number): string {
  const tens = number % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[number % 10] ?? 'th');
  return `${count(number)}${ending}`;
}

/** A loss among the losses of all samples: `loss 3.21, 12th highest of 10,000`. */
export function lossSentence(loss: number, rank: number, total: number): string {
  const place = rank <= 1 ? 'the highest' : `${ordinal(rank)} highest`;
  return `loss ${value(loss)}${rank > 0 && total > 0 ? `, ${place} of ${count(total)}` : ''}`;
}

type History = Pick<GetSampleHistoryResponse, 'learnedEpoch' | 'forgottenEpochs'> & {
  readonly epochs: readonly {
    readonly epoch: number;
    readonly correct: boolean;
    readonly hasLoss: boolean;
  }[];
};

/** When a sample was learned and when forgotten, in one sentence; empty without ground truth or epochs. */
export function learnedSentence({ epochs, learnedEpoch, forgottenEpochs }: History): string {
  if (epochs.length === 0 || !epochs.some(({ hasLoss }) => hasLoss)) return '';
  const first = epochs[0]!.epoch;
  const forgotten = forgottenEpochs.length === 0 ? '' : `forgotten in epoch ${listed(forgottenEpochs)}`;
  if (learnedEpoch === 0) {
    if (!epochs.some(({ correct }) => correct))
      return epochs.length === 1
        ? 'Misclassified.'
        : `Never classified correctly in ${epochs.length} epochs.`;
    return `Classified correctly before, ${forgotten || 'misclassified at the end'}.`;
  }
  const learned =
    learnedEpoch === first
      ? epochs.length === 1
        ? 'Classified correctly'
        : `Classified correctly from epoch ${first} on`
      : `Learned in epoch ${learnedEpoch}`;
  return `${learned}${forgotten === '' ? '' : `, ${forgotten}`}.`;
}

const listed = (numbers: readonly number[]): string =>
  numbers.length === 1 ? String(numbers[0]) : `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
