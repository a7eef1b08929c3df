import { hasControls } from '@noema/kernel';
import { labelInvalid, labelsTooMany } from './issue.errors.js';

const MAX_LABELS = 20;
const MAX_LENGTH = 40;

/**
 * Returns the labels of an issue without surrounding spaces, sorted by code unit and without duplicates. Throws
 * `invalid` LABEL_INVALID, LABELS_TOO_MANY.
 */
export function checkLabels(labels: readonly string[]): string[] {
  const names = [...new Set(labels.map((label) => label.trim()))].sort();
  if (names.length > MAX_LABELS) throw labelsTooMany(names.length, MAX_LABELS);
  for (const name of names) {
    if (name === '') throw labelInvalid(name, 'is empty');
    if (name.length > MAX_LENGTH) throw labelInvalid(name.slice(0, 80), `has ${name.length} characters`);
    if (hasControls(name)) throw labelInvalid(name, 'has control characters');
  }
  return names;
}
