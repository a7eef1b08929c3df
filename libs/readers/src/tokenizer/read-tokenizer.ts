import { DomainError } from '@noema/kernel';
import { isKerasTokenizer, toKerasTokenizer } from './keras-tokenizer.js';
import { toTokenizer, type Tokenizer } from './tokenizer.js';
import { type Part, tokenizerInvalid } from './tokenizer-fault.js';
import { bytePairFile, isVocabularyFile, mergesPath, wordPieceFile } from './vocabulary-files.js';

/**
 * Reads the text of a `tokenizer.json` (Hugging Face tokenizers 0.23), or of a tokenizer of Keras as JSON. Throws
 * `invalid` TOKENIZER_INVALID, which names the part that is not read here; `path` names the file.
 */
export const parseTokenizer = (json: string, path: string): Tokenizer =>
  withPath(path, () => toAnyTokenizer(readObject(json)));

/**
 * Reads a tokenizer of any kind by its path: a `tokenizer.json`, a `vocab.txt` of BERT, a `vocab.json` with its
 * `merges.txt`, or a tokenizer of Keras as JSON. Throws as `parseTokenizer`, and what `readText` throws.
 */
export async function readTokenizer(
  path: string,
  readText: (path: string) => Promise<string>,
): Promise<Tokenizer> {
  const text = await readText(path);
  if (path.endsWith('.txt')) return withPath(path, () => toTokenizer(wordPieceFile(text)));
  const file = withPath(path, () => readObject(text));
  if (!isVocabularyFile(file)) return withPath(path, () => toAnyTokenizer(file));
  const merges = await readText(withPath(path, () => mergesPath(path)));
  return withPath(path, () => toTokenizer(bytePairFile(file, merges)));
}

function withPath<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DomainError && error.reason === 'TOKENIZER_INVALID')
      throw new DomainError('invalid', error.reason, `${path}: ${error.message}`, {
        metadata: { file: path },
      });
    throw error;
  }
}

const toAnyTokenizer = (file: Part): Tokenizer =>
  isKerasTokenizer(file) ? toKerasTokenizer(file) : toTokenizer(file);

function readObject(json: string): Part {
  try {
    const file: unknown = JSON.parse(json.replace(/^\uFEFF/, ''));
    if (typeof file === 'object' && file !== null && !Array.isArray(file)) return file as Part;
  } catch (error) {
    throw tokenizerInvalid(`is not JSON: ${(error as Error).message}`);
  }
  throw tokenizerInvalid('is not an object of a normalizer, a model and others');
}
