import { tensor } from '@noema/integration';
import { DomainError } from '@noema/kernel';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import { RESERVED, SPLITS, splitWords } from './words.js';
import { digestVocabulary } from '../tokenizer/digest-vocabulary.js';
import type { DataEncoder, EncoderContext } from './encoder.js';

const schema = z.strictObject({
  column: z.string(),
  /** Number of words of the input; longer texts are cut, shorter ones padded by 0 at the end. */
  length: z.int().min(1).max(8_192),
  /** File next to the manifest, one word a line. Word i has the index i + 2; 1 stands for any other word. */
  vocabulary: z.string(),
  /** How the text becomes words; default: by the signs in it. */
  split: z.enum(SPLITS).optional(),
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
  async vocabulary({ vocabulary, split }, context) {
    const index = await readIndex(vocabulary, context);
    return digestVocabulary({
      kind: 'words',
      size: index.size + RESERVED,
      tokens: index,
      encode: (text, length) => toIndexes(splitWords(text, split), length, index),
    });
  },
  async create({ column, length, vocabulary, split }, context) {
    const index = await readIndex(vocabulary, context);
    return (row) => {
      const cell = row[column] ?? null;
      if (typeof cell !== 'string') throw valueFault('VALUE_INVALID', column, cell, 'a text is needed');
      return tensor(toIndexes(splitWords(cell, split), length, index), [length]);
    };
  },
};

async function readIndex(
  vocabulary: string,
  { readText }: Pick<EncoderContext, 'readText'>,
): Promise<ReadonlyMap<string, number>> {
  const words = (await readText(vocabulary)).split('\n').filter((word) => word !== '');
  if (words.length === 0)
    throw new DomainError('invalid', 'VOCABULARY_EMPTY', `the vocabulary ${vocabulary} has no word`);
  return new Map(words.map((word, i) => [word, i + RESERVED]));
}

function toIndexes(words: readonly string[], length: number, index: ReadonlyMap<string, number>): Int32Array {
  const indexes = new Int32Array(length);
  for (const [i, word] of words.slice(0, length).entries()) indexes[i] = index.get(word.toLowerCase()) ?? 1;
  return indexes;
}
