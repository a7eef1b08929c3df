import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTokenizer } from './read-tokenizer.js';

interface Case {
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly ids: readonly number[][];
  readonly offsets?: readonly number[][];
  readonly padded?: readonly number[][];
}
/** Written by bench/reference/text_tokens_files.py with Hugging Face's tokenizers and Keras. */
const { texts, cases } = JSON.parse(
  readFileSync(
    process.env['NOEMA_TOKENS_FILES'] ?? new URL('../../../test/fixtures/tokens_files.json', import.meta.url),
    'utf8',
  ),
) as { readonly texts: readonly string[]; readonly cases: Readonly<Record<string, Case>> };

const open = (path: string, files: Readonly<Record<string, string>>) =>
  readTokenizer(path, (name) =>
    name in files ? Promise.resolve(files[name]!) : Promise.reject(new Error(`no file ${name}`)),
  );

/** Positions in code points, as the reference counts, from positions in UTF-16 units. */
const toCodePoints = (text: string, [start, end]: readonly [number, number]): [number, number] => [
  [...text.slice(0, start)].length,
  [...text.slice(0, end)].length,
];

describe('a tokenizer that is not a tokenizer.json', () => {
  it.each(Object.keys(cases))('gives the ids and positions of the reference: %s', async (name) => {
    const { path, files, ids, offsets, padded } = cases[name]!;
    const tokenizer = await open(path, files);
    for (const [i, text] of texts.entries()) {
      const tokens = tokenizer.encode(text);
      expect(
        tokens.map(({ id }) => id),
        text,
      ).toEqual(ids[i]);
      if (offsets !== undefined)
        expect(
          tokens.flatMap(({ offset }) => (offset === undefined ? [0, 0] : toCodePoints(text, offset))),
          text,
        ).toEqual(offsets[i]);
      if (padded !== undefined)
        expect(
          tokenizer.encodeTo(text, padded[i]!.length).map(({ id }) => id),
          text,
        ).toEqual(padded[i]);
    }
  });

  it('of Keras has the positions of its words in the text', async () => {
    const config = { word_index: '{"café": 1, "σίσυφος": 2}', lower: true, filters: '!', split: ' ' };
    const { encode } = await open('k.json', {
      'k.json': JSON.stringify({ class_name: 'Tokenizer', config }),
    });
    const text = 'İ CAFÉ!😀! ΣΊΣΥΦΟΣ';
    expect(encode(text).map(({ id, offset }) => [id, text.slice(...offset!)])).toEqual([
      [1, 'CAFÉ'],
      [2, 'ΣΊΣΥΦΟΣ'],
    ]);
  });

  it('is a vocabulary where the words "model" and "class_name" are tokens, as in that of GPT-2', async () => {
    const { encode } = await open('vocab.json', {
      'vocab.json': '{"a": 0, "b": 1, "model": 2, "class_name": 3, "ab": 4}',
      'merges.txt': '#version: 0.2\na b\n',
    });
    expect(encode('ab').map(({ id }) => id)).toEqual([4]);
  });

  it('of Keras has the filters of Keras where the file names none', async () => {
    const config = { word_index: { one: 1, two: 2 }, num_words: 2, oov_token: 'two' };
    const { encode, size } = await open('k.json', {
      'k.json': JSON.stringify({ class_name: 'Tokenizer', config }),
    });
    expect(encode('one,two!').map(({ id }) => id)).toEqual([1, 2]);
    expect(size).toBe(3);
  });

  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    [
      'with the ends of words of CLIP',
      'vocab.json',
      { 'vocab.json': '{"a": 0, "a</w>": 1}', 'merges.txt': '' },
      'has tokens that end with "</w>"',
    ],
    [
      'with an id that no table has',
      'k.json',
      { 'k.json': '{"class_name": "Tokenizer", "config": {"word_index": {"a": 9000000000}}}' },
      'has 9000000001 ids',
    ],
    ['without the tokens of BERT', 'vocab.txt', { 'vocab.txt': 'a\nb\n' }, 'without [UNK], [CLS], [SEP]'],
    [
      'without its merges',
      'words.json',
      { 'words.json': '{"a": 0}' },
      'vocabulary without merges; name the files',
    ],
    ['with its merges missing', 'vocab.json', { 'vocab.json': '{"a": 0}' }, 'no file merges.txt'],
    [
      'with merges of other tokens',
      'vocab.json',
      { 'vocab.json': '{"a": 0}', 'merges.txt': 'a b\n' },
      'vocab.json: the tokenizer has the merge 0, "a b", with a token that its vocabulary lacks',
    ],
    [
      'with words that are not JSON',
      'k.json',
      { 'k.json': '{"class_name": "Tokenizer", "config": {"word_index": "{"}}' },
      'a word_index that is not JSON',
    ],
  ])('is refused %s', async (_, path, files, why) => {
    await expect(open(path, files)).rejects.toThrow(why);
  });
});
