import { tensor } from '@noema/integration';
import { DomainError } from '@noema/kernel';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import { RESERVED, splitWords } from './words.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({
  column: z.string(),
  /** Number of words of the input; longer texts are cut, shorter ones padded by 0 at the end. */
  length: z.int().min(1).max(8_192),
  /** File next to the manifest, one word a line. Word i has the index i + 2; 1 stands for any other word. */
  vocabulary: z.string(),
});
type WordsSpec = z.infer<typeof schema>;

/** A text as indexes of its words in a vocabulary: `[length] int32`. */
export const wordsEncoder: DataEncoder<WordsSpec> = {
  key: 'words',
  title: 'Words of a text',
  summary: 'indexes of the words in a vocabulary, cut or padded to one length',
  schema,
  columns: ({ column }) => [column],
  dims: ({ length }) => [length],
  async create({ column, length, vocabulary }, { readText }) {
    const words = (await readText(vocabulary)).split('\n').filter((word) => word !== '');
    if (words.length === 0)
      throw new DomainError('invalid', 'VOCABULARY_EMPTY', `the vocabulary ${vocabulary} has no word`);
    const index = new Map(words.map((word, i) => [word, i + RESERVED]));
    return (row) => {
      const cell = row[column] ?? null;
      if (typeof cell !== 'string') throw valueFault('VALUE_INVALID', column, cell, 'a text is needed');
      const indexes = new Int32Array(length);
      for (const [i, word] of splitWords(cell).slice(0, length).entries())
        indexes[i] = index.get(word.toLowerCase()) ?? 1;
      return tensor(indexes, [length]);
    };
  },
};
