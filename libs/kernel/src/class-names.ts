/** How the classes that an output states relate to the classes of the data. */
export type ClassComparison = 'equal' | 'reordered' | 'different' | 'unknown';

/**
 * Compares the class names of a model with the class names of data, as `normalizeClassName` gives them. Unknown where
 * one of the two states none, or where names repeat.
 */
export function compareClassNames(model: readonly string[], data: readonly string[]): ClassComparison {
  const [wanted, given] = [model.map(normalizeClassName), data.map(normalizeClassName)];
  if (wanted.length === 0 || given.length === 0) return 'unknown';
  if (new Set(wanted).size < wanted.length || new Set(given).size < given.length) return 'unknown';
  if (wanted.length !== given.length) return 'different';
  if (wanted.every((name, i) => name === given[i])) return 'equal';
  return wanted.every((name) => given.includes(name)) ? 'reordered' : 'different';
}

/** A class name without what does not count: case, and spaces, underscores and hyphens between words. */
export const normalizeClassName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');

const LISTED = 12;

/** Class names for a message, at most twelve of them. */
export const listClassNames = (names: readonly string[]): string =>
  names.slice(0, LISTED).join(', ') + (names.length > LISTED ? `, … (${names.length})` : '');
