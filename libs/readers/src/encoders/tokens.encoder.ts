import { tensor } from '@noema/integration';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import { loadTokenizer } from '../tokenizer/load-tokenizer.js';
import { toVocabulary } from '../tokenizer/state-vocabulary.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({
  column: z.string(),
  /**
   * A `tokenizer.json` of Hugging Face, a `vocab.txt`, a `vocab.json` next to its `merges.txt`, or a tokenizer of
   * Keras as JSON, by its path from the folder of the manifest.
   */
  tokenizer: z
    .string()
    .regex(
      /\.(json|txt)$/,
      'name a file that ends with ".json" or ".txt"; a model of SentencePiece is saved as tokenizer.json by ' +
        'AutoTokenizer of transformers',
    ),
  /** Number of tokens; longer texts are cut, shorter ones padded, on the sides that the file names. */
  length: z.int().min(1).max(8_192),
  /** `mask` gives 1 for each token and 0 for padding, as models with attention need it. */
  gives: z.enum(['ids', 'mask']).default('ids'),
});
type TokensSpec = z.infer<typeof schema>;

/** A text as the ids of its tokens: `[length] int32`. */
export const tokensEncoder: DataEncoder<TokensSpec> = {
  key: 'tokens',
  title: 'Tokens of a text',
  summary: 'ids of the tokens by the tokenizer of a model, cut or padded to one length',
  schema,
  columns: ({ column }) => [column],
  dims: ({ length }) => [length],
  async vocabulary({ tokenizer, gives }, context) {
    return gives === 'ids' ? toVocabulary(await loadTokenizer(tokenizer, context)) : undefined;
  },
  async create({ column, tokenizer: path, length, gives }, context) {
    const tokenizer = await loadTokenizer(path, context);
    return (row) => {
      const cell = row[column] ?? null;
      if (typeof cell !== 'string') throw valueFault('VALUE_INVALID', column, cell, 'a text is needed');
      const tokens = tokenizer.encodeTo(cell, length);
      const values = tokens.map(({ id, isPad }) => (gives === 'ids' ? id : isPad === true ? 0 : 1));
      return tensor(Int32Array.from(values), [length]);
    };
  },
};
