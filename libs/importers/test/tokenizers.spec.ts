import { compileModel, importModel, readModel } from '@noema/importers';
import { describe, expect, it } from 'vitest';
import { fixture } from './run-model.js';

const LIMITS = { memoryBytes: 2 ** 32, timeoutMs: 60_000 };

type Stated = readonly { readonly input: string; readonly files: Readonly<Record<string, string>> }[];

/** Reads a network of texts with the tokenizers of its inputs, and its inputs out of what is stored of it. */
async function read(stated: Stated) {
  const tokenizers = stated.map(({ input, files }) => ({ input, files: new Map(Object.entries(files)) }));
  const bytes = await fixture('torch-text.onnx');
  const { artifact } = await readModel(bytes, { format: '', outputs: [], tokenizers });
  return compileModel(JSON.stringify(artifact), { mode: 'inference' }).inputs;
}

const keras = (words: number): Readonly<Record<string, string>> => ({
  'keras.json': JSON.stringify({
    class_name: 'Tokenizer',
    config: { word_index: Object.fromEntries(Array.from({ length: words }, (_, i) => [`wört${i}`, i + 1])) },
  }),
});

describe('the tokenizer of an input', () => {
  it('is stored with the model as the digests of its tokens, by the name of the input or without', async () => {
    const [plain] = await read([]);
    const [stated] = await read([{ input: '', files: keras(8) }]);
    expect(plain!.vocabulary).toBeUndefined();
    expect(stated).toMatchObject({ name: plain!.name, dims: plain!.dims });
    expect(stated!.vocabulary).toMatchObject({ kind: 'Keras', size: 9 });
    expect((await read([{ input: plain!.name, files: keras(8) }]))[0]).toEqual(stated);
    const merges = { 'vocab.json': '{"a": 0, "b": 1, "ab": 2}', 'merges.txt': 'a b\n' };
    expect((await read([{ input: '', files: merges }]))[0]!.vocabulary).toMatchObject({
      kind: 'BPE',
      size: 3,
    });
  });

  it('comes before the file of the model, with the bytes of each of its files', async () => {
    const file = await fixture('torch-text.onnx');
    const [[name, text]] = Object.entries(keras(8)) as [[string, string]];
    async function* sent() {
      yield Buffer.from(text);
      yield await Promise.resolve(file);
    }
    const tokenizers = [{ input: '', files: [{ name, bytes: Buffer.byteLength(text) }] }];
    const { artifact } = await importModel(
      sent(),
      { format: '', outputs: [], tokenizers },
      { limits: LIMITS, signal: new AbortController().signal },
    );
    expect(compileModel(artifact, { mode: 'inference' }).inputs).toEqual(
      await read([{ input: '', files: keras(8) }]),
    );
  });

  it.each([
    ['names no input of the model; it has "', [{ input: 'other', files: keras(2) }]],
    [
      'is stated twice',
      [
        { input: '', files: keras(2) },
        { input: '', files: keras(2) },
      ],
    ],
    [
      'has 9001 ids (Keras), and the table of embeddings that the input is read by has',
      [{ input: '', files: keras(9000) }],
    ],
    ['needs merges.txt next to vocab.json', [{ input: '', files: { 'vocab.json': '{"a": 0}' } }]],
    ['A model of SentencePiece', [{ input: '', files: { 'tokenizer.model': '\n\u0010' } }]],
    ['is not JSON', [{ input: '', files: { 'tokenizer.json': '{' } }]],
  ])('is refused: %s', async (message, tokenizers) => {
    await expect(read(tokenizers)).rejects.toThrow(message);
  });
});
