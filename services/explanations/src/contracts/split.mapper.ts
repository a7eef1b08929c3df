import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import type { SplitName } from '../domain/analysis.js';

const NAMES: Readonly<Record<Exclude<Split, Split.UNSPECIFIED>, SplitName>> = {
  [Split.TRAINING]: 'training', [Split.VALIDATION]: 'validation', [Split.TEST]: 'test', [Split.UNLABELED]: 'unlabeled',
};
const MESSAGES = new Map(Object.entries(NAMES).map(([message, name]) => [name, Number(message) as Split]));

export const splitMessage = (name: SplitName): Split => MESSAGES.get(name)!;

/** The split of a message; `undefined` when none is said. */
export const splitName = (split: Split): SplitName | undefined => (split === Split.UNSPECIFIED ? undefined : NAMES[split]);
