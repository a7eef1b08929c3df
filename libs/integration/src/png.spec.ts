import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { encodePng, encodeVisual, image, tensor } from './index.js';

it.each([1, 3, 4] as const)('a PNG with %i channels holds its pixels', (channels) => {
  const data = Uint8Array.from({ length: 6 * channels }, (_, i) => i * 3);
  const png = Buffer.from(encodePng({ width: 3, height: 2, channels, data }));
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([
    3,
    2,
    8,
    { 1: 0, 3: 2, 4: 6 }[channels],
  ]);
  const lines = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  expect(lines[0]).toBe(0);
  expect(Buffer.concat([lines.subarray(1, 1 + 3 * channels), lines.subarray(2 + 3 * channels)])).toEqual(
    Buffer.from(data),
  );
});
it('numbers from 0 to 1 become bytes, bytes stay', () => {
  const readBytes = (png: Uint8Array) => [...inflateSync(png.subarray(41, -16))].slice(1);
  expect(readBytes(encodeVisual(image([[0, 0.5, 1, 2, -1]])).bytes)).toEqual([0, 128, 255, 255, 0]);
  expect(readBytes(encodeVisual(image(tensor(Uint8Array.of(0, 1, 255), [1, 3]))).bytes)).toEqual([0, 1, 255]);
});
it('lines written as differences add up to the pixels', () => {
  const data = Uint8Array.from({ length: 4 * 6 }, (_, i) => (i * 71) % 256);
  const png = encodePng({ width: 2, height: 4, channels: 3, data }, { filter: 'up', level: 1 });
  const lines = inflateSync(png.subarray(41, -16));
  const above = new Uint8Array(6);
  const pixels: number[] = [];
  for (let y = 0; y < 4; y++) {
    expect(lines[7 * y]).toBe(2);
    for (let x = 0; x < 6; x++) above[x]! += lines[7 * y + 1 + x]!;
    pixels.push(...above);
  }
  expect(pixels).toEqual([...data]);
});
