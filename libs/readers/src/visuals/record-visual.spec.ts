import { audio, encodeVisual } from '@noema/integration';
import { expect, it } from 'vitest';
import { showRecord } from './record-visual.js';

const { bytes } = encodeVisual(audio(new Float32Array(8_000).fill(0.5), { sampleRate: 8_000 }));
const context = {} as Parameters<typeof showRecord>[1];
const hear = async (seconds: number) => {
  const show = await showRecord({ kind: 'audio', column: 'sound', seconds }, context);
  return (await show({ sound: { path: '', bytes } })) as { samples: Float32Array; sampleRate: number };
};

it('a sound is as long as the input, at a lower rate where its samples would be too many', async () => {
  expect(await hear(0.25)).toMatchObject({ samples: { length: 2_000 }, sampleRate: 8_000 });
  const { samples, sampleRate } = await hear(600);
  expect([samples.length, sampleRate]).toEqual([600 * 4_000, 4_000]);
  expect(samples[2_000]).toBeCloseTo(0.5, 2);
  expect(samples[4_100]).toBe(0);
});
