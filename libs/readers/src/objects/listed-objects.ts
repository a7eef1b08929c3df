import type { ListedObjects } from '../records.js';
import { classNames, type Feature } from '../tables/hugging-face.js';

/** The type of a column, as far as lists of objects depend on it. */
export type NestedType =
  | { readonly item: NestedType }
  | { readonly entries: ReadonlyMap<string, NestedType> }
  | 'whole number'
  | 'fraction'
  | 'text'
  | 'other';

const BOXES = /^(?:bbox|box)(?:es)?$/i;
const CLASSES = /^(?:categor(?:y|ies)|labels?|class(?:es)?|names?)(?:_ids?|_names?)?$/i;

/**
 * The entries of a column that have boxes and classes: a structure of lists, or a list of structures, as tables of
 * Hugging Face have objects; `undefined` for another column.
 */
export function findListedObjects(type: NestedType, feature: Feature | undefined): ListedObjects | undefined {
  const item = findItem(type);
  const structure = item ?? type;
  if (typeof structure === 'string' || !('entries' in structure)) return undefined;
  const find = (name: RegExp, fits: (value: NestedType) => boolean): string | undefined =>
    [...structure.entries].find(([entry, own]) => {
      const value = item === undefined ? findItem(own) : own;
      return name.test(entry) && value !== undefined && fits(value);
    })?.[0];
  const boxes = find(BOXES, (value) => ['whole number', 'fraction'].includes(findItem(value) as string));
  const classes = find(CLASSES, (value) => value === 'whole number' || value === 'text');
  if (boxes === undefined || classes === undefined) return undefined;
  const labels = findNames(feature, classes);
  return { boxes, classes, ...(labels && { labels }) };
}

/** The type of the values of a list. */
const findItem = (type: NestedType): NestedType | undefined =>
  typeof type !== 'string' && 'item' in type ? type.item : undefined;

/** The names of the classes of an entry, which versions of Hugging Face's library state at several places. */
function findNames(feature: unknown, entry: string): readonly string[] | undefined {
  if (typeof feature !== 'object' || feature === null) return undefined;
  if (Array.isArray(feature)) return findNames(feature[0], entry);
  const { [entry]: own, feature: inner } = feature as Record<string, Feature | undefined>;
  return own === undefined ? findNames(inner, entry) : (classNames(own) ?? classNames(own.feature));
}
