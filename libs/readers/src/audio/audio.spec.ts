import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type MelSettings, toLogMel } from './log-mel.js';
import { resample } from './resample.js';
import { parseWav } from './wav.js';

/** Written by bench/reference/sounds.py with Python's wave, SciPy and librosa. */
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/sounds.json', import.meta.url), 'utf8'),
) as {
  readonly files: Readonly<Record<string, { readonly wav: string; readonly samples: number[] }>>;
  readonly resampled: readonly {
    readonly from: number;
    readonly to: number;
    readonly sound: number[];
    readonly expected: number[];
  }[];
  readonly spectrograms: readonly {
    readonly settings: MelSettings;
    readonly sound: number[];
    readonly expected: number[];
  }[];
};

/** The largest difference. */
function compare(actual: Float32Array, expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - actual[i]!)), 0);
}
const readBytes = (name: string): Buffer => Buffer.from(reference.files[name]!.wav, 'base64');

describe('a WAV file', () => {
  it.each(Object.entries(reference.files))('has the samples that were written: %s', (_name, file) => {
    const { rate, samples } = parseWav(Buffer.from(file.wav, 'base64'), 'a.wav');
    expect(rate).toBe(8_000);
    expect(compare(samples, file.samples)).toBeLessThan(1e-6);
  });

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['MP3', (bytes) => (bytes.writeUInt16LE(0x55, 20), bytes), /a\.wav is compressed \(MP3\), .* convert it/],
    ['an unknown format', (bytes) => (bytes.writeUInt16LE(999, 20), bytes), /compressed \(format 999\)/],
    ['12 bits', (bytes) => (bytes.writeUInt16LE(12, 34), bytes), /it has samples of 12 bits/],
    ['no channels', (bytes) => (bytes.writeUInt16LE(0, 22), bytes), /it has 0 channels and 8000 samples/],
    ['samples that end', (bytes) => bytes.subarray(0, 100), /it ends within its part "data", which has 640/],
    ['no samples', (bytes) => bytes.subarray(0, 36), /it has no samples/],
    ['no header', () => Buffer.from('ID3 something'), /it has no RIFF header/],
  ])('is refused: %s', (_what, change, message) => {
    expect(() => parseWav(change(readBytes('16 bits, stereo')), 'a.wav')).toThrow(message);
  });

  it('is refused with a sample that is not a number', () => {
    const bytes = readBytes('double');
    bytes.writeDoubleLE(NaN, bytes.length - 8);
    expect(() => parseWav(bytes, 'a.wav')).toThrow(
      /it has the sample 159, NaN, which is not a finite number/,
    );
  });
});

it.each(reference.resampled)(
  'resamples from $from to $to Hz as the reference',
  ({ from, to, sound, expected }) => {
    expect(compare(resample(Float32Array.from(sound), from, to), expected)).toBeLessThan(1e-6);
  },
);

it.each(reference.spectrograms)('has the spectrogram of the reference: $settings', (one) => {
  expect(compare(toLogMel(Float32Array.from(one.sound), one.settings), one.expected)).toBeLessThan(1e-4);
});
