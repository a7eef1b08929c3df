import { classNamesFor } from '../rules/index.js';
import type { StoredOutput } from './evaluation-file.js';

/**
 * Names of the classes of an output that need not be the first one. The data name the classes of one ground truth: an
 * output whose labels are the `labels` of the data [rows] has these names, and the numbers of its classes otherwise.
 */
export function nameOutputClasses(
  { trueClass, numbers }: StoredOutput,
  { classNames, labels }: { readonly classNames: readonly string[]; readonly labels: Int32Array },
): readonly string[] {
  const width = numbers?.width ?? 0;
  const known = classNamesFor(width, classNames);
  const isOfData =
    trueClass?.some((label) => label >= 0) && trueClass.every((label, row) => label === labels[row]);
  return isOfData && known.length > 0
    ? known
    : Array.from({ length: width === 1 ? 2 : width }, (_, index) => String(index));
}
