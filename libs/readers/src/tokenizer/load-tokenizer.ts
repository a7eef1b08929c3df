import type { EncoderContext } from '../encoders/encoder.js';
import { readTokenizer } from './read-tokenizer.js';
import type { Tokenizer } from './tokenizer.js';

/** Tokenizers by the integration that reads them and by path: an input and a visual share one. */
const loaded = new WeakMap<object, Map<string, Promise<Tokenizer>>>();

/** Reads a tokenizer next to the manifest, of any kind. Throws `invalid` TOKENIZER_INVALID, DATA_PATH_INVALID. */
export function loadTokenizer(path: string, context: Pick<EncoderContext, 'readText'>): Promise<Tokenizer> {
  const known = loaded.get(context) ?? new Map<string, Promise<Tokenizer>>();
  loaded.set(context, known);
  const tokenizer = known.get(path) ?? readTokenizer(path, (name) => context.readText(name));
  known.set(path, tokenizer);
  return tokenizer;
}
