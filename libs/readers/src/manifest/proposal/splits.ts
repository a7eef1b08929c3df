import { SPLIT_NAMES } from '@noema/integration';
import { splitNamed } from '../../files/split-names.js';
import type { FieldProfile } from '../../records.js';
import type { Manifest } from '../manifest.js';
import { assignSplits } from '../population.splits.js';
import type { Draft, SplitShares } from './draft.js';

const SHARES: SplitShares = { training: 0.8, validation: 0.2 };

/**
 * Splits by the column that names them, and shares without one. Records with the same value of `group`, by default the
 * group that the reader states, stay in one split.
 */
export function proposeSplits(
  draft: Draft,
  profile: FieldProfile | undefined,
  group = draft.records.fields.find(({ role }) => role === 'group'),
): Manifest['splits'] {
  const grouped = group === undefined ? {} : { group: group.name };
  if (profile === undefined) {
    if (draft.options.shares !== undefined) return { ...draft.options.shares, ...grouped };
    draft.notes.push(
      'no column and no folder says the split; 80 % of the records are training and 20 % validation, by a ' +
        'hash of their ids',
    );
    return { ...SHARES, ...grouped };
  }
  const named = SPLIT_NAMES.map(
    (split) => [split, profile.values!.filter((value) => splitNamed(value) === split)] as const,
  ).filter(([, values]) => values.length > 0);
  return { column: profile.field.name, ...grouped, ...Object.fromEntries(named) };
}

/** Statistics are fitted to training records alone; to all records where none are training. */
export async function findTraining(
  draft: Draft,
  frame: Pick<Manifest, 'splits' | 'id' | 'ground_truths'>,
): Promise<void> {
  const splits = await assignSplits(draft.records, frame);
  draft.training =
    splits.get('training')?.indexes ?? Int32Array.from({ length: draft.records.length }, (_, index) => index);
}
