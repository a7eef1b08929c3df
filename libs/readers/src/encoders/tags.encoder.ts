import { tensor } from '@noema/integration';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import type { Row } from '../records.js';
import type { DataEncoder } from './encoder.js';
import { splitWords } from './words.js';

const schema = z.strictObject({
  column: z.string(),
  /** Column of the words that the tags belong to. */
  words: z.string(),
  /** Number of words of the input; tags behind them are left out. */
  length: z.int().min(1).max(8_192),
  /** The tags, in the order of the model's outputs. */
  values: z.array(z.string()).min(1).max(1_000),
});
type TagsSpec = z.infer<typeof schema>;

/** The tag of each word, as one number for each tag: `[length, tags] float32`; all 0 behind the last word. */
export const tagsEncoder: DataEncoder<TagsSpec> = {
  key: 'tags',
  title: 'Tag of each word',
  summary: 'one number for each tag and word, zeros where there is no word',
  schema,
  columns: ({ column, words }) => [column, words],
  dims: ({ length, values }) => [length, values.length],
  classNames: ({ values }) => values,
  create({ column, words, length, values }) {
    const index = new Map(values.map((value, i) => [value, i]));
    return (row) => {
      const encoded = new Float32Array(length * values.length);
      for (const [at, { tag }] of readTags(row, column, words).slice(0, length).entries()) {
        const found = index.get(tag);
        if (found === undefined)
          throw valueFault(
            'CLASS_UNKNOWN',
            column,
            tag,
            `the manifest lists ${values.length} tags: ${values.slice(0, 10).join(', ')}`,
          );
        encoded[at * values.length + found] = 1;
      }
      return tensor(encoded, [length, values.length]);
    };
  },
};

/** A word of a record with its tag. */
export interface TaggedWord {
  readonly word: string;
  readonly tag: string;
}

/** Words with their tags. Throws `invalid` VALUE_INVALID where there is not one tag for each word. */
export function readTags(row: Row, column: string, words: string): TaggedWord[] {
  const [text, tags] = [row[words] ?? null, row[column] ?? null];
  if (typeof text !== 'string' || typeof tags !== 'string')
    throw valueFault('VALUE_INVALID', column, tags, `a tag is needed for each word of "${words}"`);
  const [parts, names] = [splitWords(text, 'spaces'), splitWords(tags, 'spaces')];
  if (parts.length !== names.length)
    throw valueFault(
      'VALUE_INVALID',
      column,
      tags,
      `these are ${names.length} tags, and "${words}" has ${parts.length} words`,
    );
  return parts.map((word, i) => ({ word, tag: names[i]! }));
}
