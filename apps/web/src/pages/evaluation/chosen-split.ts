import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { judgedSplit } from '../../features/runs/epoch-series.js';
import { parseSplit, splitName } from '../../parts/address/split.js';

/** `all`, or the name of the chosen split; the one that the run is judged by where none is chosen. */
export function chosenSplit(asked: string, epoch: Epoch): string {
  if (asked === 'all' || parseSplit(asked) !== Split.UNSPECIFIED) return asked;
  const judged = judgedSplit(epoch)?.split;
  return judged === undefined ? 'all' : splitName(judged);
}
