import type { Vocabulary } from '@noema/kernel';
import { digestVocabulary } from './digest-vocabulary.js';
import { readTokenizer } from './read-tokenizer.js';
import { tokenizerInvalid } from './tokenizer-fault.js';
import type { Tokenizer } from './tokenizer.js';

/** The vocabulary of a tokenizer. */
export const toVocabulary = ({ kind, size, tokens, encodeTo }: Tokenizer): Vocabulary =>
  digestVocabulary({
    kind,
    size,
    tokens,
    encode: (text, length) => encodeTo(text, length).map(({ id }) => id),
  });

/**
 * The vocabulary of a tokenizer by the texts of its files. The first file other than `merges.txt` is read, as if a
 * manifest named it. Throws `invalid` TOKENIZER_INVALID.
 */
export async function stateVocabulary(files: ReadonlyMap<string, string>): Promise<Vocabulary> {
  const path = [...files.keys()].find((name) => !/merges[^/]*\.txt$/.test(name));
  if (path === undefined) throw tokenizerInvalid('has no file but merges; give the vocab.json as well');
  if (!/\.(json|txt)$/.test(path))
    throw tokenizerInvalid(
      `is "${path}"; a tokenizer.json, vocab.txt, vocab.json with merges.txt, or the JSON of Keras is read. A model ` +
        'of SentencePiece and other files are saved as tokenizer.json by AutoTokenizer of transformers',
    );
  const tokenizer = await readTokenizer(path, (name) => {
    const text = files.get(name);
    if (text === undefined) throw tokenizerInvalid(`needs ${name} next to ${path}; give both files`);
    return Promise.resolve(text);
  });
  return toVocabulary(tokenizer);
}
