import { readFileSync } from 'node:fs';

const { files: sounds } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/sounds.json', import.meta.url), 'utf8'),
) as { readonly files: Readonly<Record<string, { readonly wav: string }>> };

/** Bytes of a WAV file: one of the reference. */
export const wavFile = (name: string): Buffer => Buffer.from(sounds[name]!.wav, 'base64');

const { cases } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/tokens.json', import.meta.url), 'utf8'),
) as { readonly cases: Readonly<Record<string, { readonly tokenizer: object }>> };

/** Text of a `tokenizer.json`: one of the reference. */
export const tokenizerFile = (name: string): string => JSON.stringify(cases[name]!.tokenizer);

/** Files of arrays for tests, written byte by byte. */
const idx = (shape: readonly number[], bytes: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from([0, 0, 8, shape.length]),
    ...shape.map((size) => Buffer.from([0, 0, size >> 8, size & 255])),
    bytes,
  ]);

function npy(descr: string, shape: readonly number[], data: Uint8Array): Buffer {
  const sizes = `${shape.join(', ')}${shape.length === 1 ? ',' : ''}`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }\n`;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header), data]);
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const RASTER = {
  images: (samples: number) =>
    idx(
      [samples, 8, 8],
      Uint8Array.from({ length: samples * 64 }, (_, i) => i % 251),
    ),
  labels: (samples: number) =>
    idx(
      [samples],
      Uint8Array.from({ length: samples }, (_, i) => i % 3),
    ),
  npy: (shape: readonly number[]) =>
    npy(
      '|u1',
      shape,
      Uint8Array.from({ length: count(shape) }, (_, i) => (shape.length === 1 ? i % 3 : i % 251)),
    ),
  pickle: () => npy('|O', [1], Buffer.from('\x80\x04N.', 'latin1')),
};
