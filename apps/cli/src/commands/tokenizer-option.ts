import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A tokenizer of an input by the path of its file. */
export interface TokenizerPath {
  /** Empty for the only input. */
  readonly input: string;
  readonly path: string;
}

export const TOKENIZER =
  'file of the tokenizer whose ids an input takes, so that data with other tokens are refused: tokenizer.json, ' +
  'vocab.txt, vocab.json next to merges.txt, or the JSON of Keras; repeatable as input=file for several inputs';

/** Adds `ids=tokenizer.json` to the tokenizers before it; a path alone is for the only input. */
export function tokenizerOption(
  text: string,
  before: readonly TokenizerPath[] = [],
): readonly TokenizerPath[] {
  const [, input = '', path = text] = /^([^=/\\]+)=(.+)$/.exec(text) ?? [];
  return [...before, { input, path }];
}

/** The file, and the merges that lie next to a vocabulary of pairs. */
export async function listTokenizerFiles(path: string): Promise<string[]> {
  const name = basename(path);
  const merges = join(dirname(path), name.replace(/vocab([^/]*)\.json$/, 'merges$1.txt'));
  if (basename(merges) === name) return [path];
  return access(merges).then(
    () => [path, merges],
    () => [path],
  );
}
