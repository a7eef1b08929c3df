import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTokenizer } from './read-tokenizer.js';

interface Reference {
  readonly texts: readonly string[];
  readonly cases: Readonly<
    Record<string, { readonly tokenizer: unknown; readonly ids: number[][]; readonly offsets: number[][] }>
  >;
}
/** Written by bench/reference/text_tokens.py with Hugging Face's tokenizers. */
const read = (name: string, setting: string): Reference =>
  JSON.parse(
    readFileSync(process.env[setting] ?? new URL(`../../../test/fixtures/${name}`, import.meta.url), 'utf8'),
  ) as Reference;
const reference = read('tokens.json', 'NOEMA_TOKENS');
/** Written by bench/reference/text_tokens_bytes.py. */
const bytes = read('tokens_bytes.json', 'NOEMA_TOKENS_BYTES');
const cases = { ...reference.cases, ...bytes.cases };

/** Positions in code points, as the reference counts, from positions in UTF-16 units. */
function toCodePoints(text: string, [start, end]: readonly [number, number]): [number, number] {
  return [[...text.slice(0, start)].length, [...text.slice(0, end)].length];
}

describe('a tokenizer of Hugging Face', () => {
  it.each(Object.keys(cases))('gives the ids and positions of the reference: %s', (name) => {
    const { tokenizer: file, ids, offsets } = cases[name]!;
    const tokenizer = parseTokenizer(JSON.stringify(file), 'tokenizer.json');
    const { padding } = file as { padding: { strategy: { Fixed: number } } | null };
    for (const [i, text] of reference.texts.entries()) {
      const tokens =
        padding === null ? tokenizer.encode(text) : tokenizer.encodeTo(text, padding.strategy.Fixed);
      expect(
        tokens.map(({ id }) => id),
        text,
      ).toEqual(ids[i]);
      expect(
        tokens.flatMap(({ offset }) => (offset === undefined ? [0, 0] : toCodePoints(text, offset))),
        text,
      ).toEqual(offsets[i]);
    }
  });
});

const file = (name: string): Record<string, unknown> =>
  structuredClone(reference.cases[name]!.tokenizer) as Record<string, unknown>;
const parse = (name: string, changes: object = {}) =>
  parseTokenizer(JSON.stringify({ ...file(name), ...changes }), 'tokenizer.json');
const listTexts = (name: string, text: string, length: number, changes?: object) =>
  parse(name, changes)
    .encodeTo(text, length)
    .map((token) => token.text);

describe('a length', () => {
  it('cuts on the right and keeps the special tokens', () => {
    expect(listTexts('bert', 'a b c d', 4)).toEqual(['[CLS]', 'a', 'b', '[SEP]']);
    expect(listTexts('bert', 'a b', 6)).toEqual(['[CLS]', 'a', 'b', '[SEP]', '[PAD]', '[PAD]']);
  });

  it('cuts and pads on the sides that the file names', () => {
    const left = { truncation: { direction: 'Left' }, padding: { direction: 'Left', pad_id: 0 } };
    expect(listTexts('bert', 'a b c d', 4, left)).toEqual(['[CLS]', 'c', 'd', '[SEP]']);
    expect(listTexts('bert', 'a', 4, left)).toEqual(['[PAD]', '[CLS]', 'a', '[SEP]']);
  });

  it('pads by the token of that name where the file names no padding', () => {
    expect(parse('bert', { padding: null }).pad).toBe(0);
    expect(parse('bytes').pad).toBe(1);
  });
});

describe('a tokenizer that is not read', () => {
  const model = file('bert')['model'] as object;
  const split = (Regex: string) => ({
    pre_tokenizer: { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false },
  });
  it.each<[string, object, RegExp]>([
    [
      'table',
      { normalizer: { type: 'Precompiled' } },
      /tokenizer\.json: .* normalizer "Precompiled" without a/,
    ],
    [
      'normalizer in a sequence',
      { normalizer: { type: 'Sequence', normalizers: [{ type: 'Nmt' }] } },
      /the normalizer "Nmt", which is not read here; known: BertNormalizer, NFC/,
    ],
    ['pre-tokenizer', { pre_tokenizer: { type: 'UnicodeScripts' } }, /pre-tokenizer "UnicodeScripts"/],
    ['post-processor', { post_processor: { type: 'Other' } }, /post-processor "Other"/],
    ['model', { model: { ...model, type: 'CharBPE' } }, /model "CharBPE"/],
    ['model without type', { model: {} }, /the model without a type/],
    ['unknown token', { model: { ...model, unk_token: 'x y' } }, /unknown token "x y", which its vocabulary/],
    ['id', { model: { ...model, vocab: { a: -1 } } }, /the token "a" with the id -1/],
    [
      'merge',
      { model: { type: 'BPE', vocab: { a: 0 }, merges: ['a b'] } },
      /the merge 0, "a b", with a token/,
    ],
    ['possessive repetition', split(String.raw`\p{L}++`), /possessive repetition \+\+ at character 6/],
    ['anchor', split('^a'), /the anchor \^ at character 1/],
    ['set in a set', split('[a[b]]'), /a set within a set/],
    ['group', split('(?>a)'), /the group \(\?>a/],
    ['escape', split(String.raw`\h`), /\\h at character 3/],
  ])('is refused by its part: %s', (_part, changes, message) => {
    expect(() => parse('bert', changes)).toThrow(message);
    expect(() => parse('bert', changes)).toThrow(expect.objectContaining({ reason: 'TOKENIZER_INVALID' }));
  });

  it.each(['', '[]', '{"model": ', 'null'])('is refused as JSON: %j', (text) => {
    expect(() => parseTokenizer(text, 'a.json')).toThrow(/^a\.json: the tokenizer (?:is not|has)/);
  });
});

it('merges the pairs of a word of 20,000 letters', () => {
  const tokens = parse('bytes').encode('xy'.repeat(10_000));
  expect(tokens.at(-2)!.offset![1]).toBe(20_000);
});
