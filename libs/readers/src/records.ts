import type { Awaitable, NumberArray } from '@noema/integration';
import type { Media, PictureObjects } from './objects/annotated.js';

export type { Media } from './objects/annotated.js';

/** Numbers of one sample, row-major. */
export interface Numbers {
  readonly data: NumberArray;
  readonly shape: readonly number[];
}

/** Value of a field of one sample; `null` for a missing value. */
export type Cell = number | string | boolean | Media | Numbers | PictureObjects | null;

export type FieldKind = 'number' | 'boolean' | 'text' | 'time' | 'picture' | 'audio' | 'numbers' | 'objects';

/** Entries of a column that has lists of objects. */
export interface ListedObjects {
  readonly boxes: string;
  readonly classes: string;
  /** Names of the classes, by the numbers of the entry. */
  readonly labels?: readonly string[];
}

/** A column of the records. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** True for whole numbers. */
  readonly whole?: boolean;
  /** True for the text of a list or a structure, which is no feature. */
  readonly nested?: boolean;
  /** Where the boxes and classes of objects stand in the JSON of a nested text. */
  readonly listed?: ListedObjects;
  /** Sentence that people should know about how the column is read. */
  readonly note?: string;
  /** True for texts whose words are divided by one space each. */
  readonly spaced?: boolean;
  /** The column of spaced texts whose words the tags of this column belong to, one to each, divided in the same way. */
  readonly wordColumn?: string;
  /** Sizes of the numbers of a sample, where all samples have the same. */
  readonly shape?: readonly number[];
  /** All classes, where the files list them. */
  readonly labels?: readonly string[];
  /** Ground truth that is proposed for objects. */
  readonly truth?: 'presence' | 'boxes' | 'mask';
  /** Number of objects of the record that has the most. */
  readonly maxObjects?: number;
  /** Records with the same value stay in one split. */
  readonly role?: 'group';
}

/** Facts about the values of a field over all records. */
export interface FieldProfile {
  readonly field: Field;
  /** Number of records without a value. */
  readonly missing: number;
  /** Number of distinct values; exact up to `MAX_DISTINCT`. */
  readonly distinct: number;
  /** The distinct values as texts, sorted, where there are at most `MAX_DISTINCT`. */
  readonly values?: readonly string[];
  /** Range of numbers. */
  readonly min?: number;
  readonly max?: number;
  /** Mean number of characters, and the largest number of words, of texts. */
  readonly meanLength?: number;
  readonly maxWords?: number;
  /** Fewest and most numbers of an array. */
  readonly minSize?: number;
  readonly maxSize?: number;
  /** Up to 12 unchanged values. */
  readonly examples: readonly Cell[];
}

/** Number of distinct values up to which they are listed. */
export const MAX_DISTINCT = 1_000;

/** A cell as a text; empty for none, a path for a file, the sizes of an array. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'object') return String(cell);
  if ('path' in cell) return cell.path;
  if (!('objects' in cell)) return cell.shape.join(' × ');
  return (cell.mask ?? cell.numbers) === undefined ? `${cell.objects.length} objects` : 'a mask';
}

const MAX_DESCRIBED = 60;

/** Short description of the values of a field, for people: `3: setosa, versicolor, virginica`, `0.1 to 2.5`. */
export function describeValues({ field, values, distinct, min, max, examples }: FieldProfile): string {
  if (field.kind === 'numbers') return (field.shape ?? []).join(' × ');
  if (field.kind === 'objects' || field.wordColumn !== undefined)
    return cutText((field.labels ?? []).join(', '));
  if (distinct === 0 && examples.every((cell) => cell === null || Number.isNaN(cell))) return 'none';
  if (field.kind === 'number' && min !== undefined && max !== undefined)
    return `${roundValue(min)} to ${roundValue(max)}${values === undefined ? '' : `, ${distinct} distinct`}`;
  const texts = values ?? examples.map((cell) => cellText(cell).replaceAll(/\s+/g, ' '));
  const text = texts.join(', ');
  const cut = cutText(text);
  return values === undefined ? cut : `${distinct}: ${cut}`;
}

const cutText = (text: string): string =>
  text.length > MAX_DESCRIBED ? `${text.slice(0, MAX_DESCRIBED - 1)}…` : text;

const roundValue = (value: number): number => Number(value.toPrecision(4));

export type Row = Readonly<Record<string, Cell>>;

/** Cells by field of several records. */
export type Columns = ReadonlyMap<string, readonly Cell[]>;

/** Records with the same fields, made from files. Close them: they may hold native memory. */
export interface Records {
  readonly fields: readonly Field[];
  readonly length: number;
  /** The record `index`, 0 to `length` − 1. Records that follow one another are read together. */
  row(index: number): Awaitable<Row>;
  /** Fields of the records `indexes` (rising); of fields that are small, such as numbers and names. */
  columns?(names: readonly string[], indexes: Int32Array): Awaitable<Columns>;
  /** The values of one field of all records; of a small field, such as an id or a class. */
  column(name: string): Awaitable<readonly Cell[]>;
  profile(): Awaitable<readonly FieldProfile[]>;
  close(): void;
}
