import { expect, it } from 'vitest';
import { MapPreview } from './map.preview.js';

it('writes one map at a time, leaves out what comes meanwhile and survives a write that fails', async () => {
  const written: number[] = [];
  const fail: (() => void)[] = [];
  const preview = new MapPreview(([first]) => {
    written.push(first!);
    return first === 1
      ? new Promise((_resolve, reject) => {
          fail.push(() => {
            reject(new Error('the store is away'));
          });
        })
      : Promise.resolve();
  });
  preview.show(Float32Array.of(1));
  preview.show(Float32Array.of(2));
  fail[0]!();
  await preview.settled();
  preview.show(Float32Array.of(3));
  expect(written).toEqual([1, 3]);
  await preview.settled();
});
