import { readFileSync } from 'node:fs';
import { compareVocabularies } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { wordsEncoder } from '../encoders/words.encoder.js';
import { stateVocabulary } from './state-vocabulary.js';
import { wordPieceFile } from './vocabulary-files.js';

interface Case {
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/tokens_files.json', import.meta.url), 'utf8'),
) as { readonly cases: Readonly<Record<string, Case>> };

const state = (name: string, text: string) => stateVocabulary(new Map([[name, text]]));
const vocab = cases['uncased']!.files['vocab.txt']!;
const converted = (changes: object = {}) =>
  state('tokenizer.json', JSON.stringify({ ...wordPieceFile(vocab), ...changes }));

describe('the vocabulary of a tokenizer', () => {
  it('is the same for the same ids, whatever file they come from', async () => {
    const own = await state('vocab.txt', vocab);
    expect(own).toMatchObject({ kind: 'WordPiece', size: vocab.trimEnd().split('\n').length });
    expect(compareVocabularies(own, await converted())).toBeUndefined();
    expect(compareVocabularies(own, await state('vocab.txt', `${vocab}more\n`))).toContain('other tokens');
  });

  it.each([
    ['keep capital letters', { normalizer: { type: 'BertNormalizer', lowercase: false } }],
    ['have nothing around a text', { post_processor: null }],
    ['pad on the left', { padding: { direction: 'Left', pad_id: 0 } }],
    ['divide words otherwise', { pre_tokenizer: { type: 'WhitespaceSplit' } }],
  ])('differs where the same tokens %s', async (_, changes) => {
    expect(compareVocabularies(await converted(), await converted(changes))).toContain(
      'the tokens are the same, but',
    );
  });

  it('differs for all tokenizers of the reference', async () => {
    const digests = new Set<string>();
    for (const { files, path } of Object.values(cases)) {
      const { tokenDigest, textDigest } = await stateVocabulary(
        new Map([[path, files[path]!], ...Object.entries(files)]),
      );
      digests.add(tokenDigest + textDigest);
    }
    expect(digests.size).toBe(Object.keys(cases).length);
  });

  it('of a list of words is compared as well', async () => {
    const of = (words: string) =>
      wordsEncoder.vocabulary!({ column: 'a', length: 3, vocabulary: 'words.txt' }, {
        readText: () => Promise.resolve(words),
      } as never);
    expect(await of('b\na\n')).toMatchObject({ kind: 'words', size: 4 });
    expect(compareVocabularies(await of('b\na\n'), await of('a\nb\n'))).toContain('other tokens');
  });
});
