import { tensor } from '@noema/integration';
import * as z from 'zod';
import { countFrames, toLogMel } from '../audio/log-mel.js';
import { resample } from '../audio/resample.js';
import { decodeSound } from '../audio/wav.js';
import type { DataEncoder } from './encoder.js';

const MAX_SAMPLES = 60_000_000;

const schema = z
  .strictObject({
    column: z.string(),
    /** Samples per second to which sounds are resampled. */
    rate: z.int().min(1_000).max(192_000),
    /** Longer sounds are cut, shorter ones padded by silence at the end. */
    seconds: z.number().positive().max(600),
    window: z.int().min(32).max(16_384),
    hop: z.int().min(1),
    mels: z.int().min(1).max(512),
    scale: z.enum(['slaney', 'htk']).default('slaney'),
    low: z.number().min(0).default(0),
    /** Default: half of the rate. */
    high: z.number().positive().optional(),
    mean: z.number().default(0),
    std: z.number().positive().default(1),
  })
  .refine(({ window }) => Number.isInteger(Math.log2(window)), {
    path: ['window'],
    message: 'give a power of two',
  })
  .refine(({ rate, low, high = rate / 2 }) => low < high && high <= rate / 2, {
    path: ['high'],
    message: 'give a frequency above "low" and up to half of the rate',
  })
  .refine(({ rate, seconds }) => rate * seconds <= MAX_SAMPLES, {
    path: ['seconds'],
    message: `give at most ${MAX_SAMPLES} samples, which are seconds by rate`,
  });
export type SpectrogramSpec = z.infer<typeof schema>;

const countSamples = ({ rate, seconds }: SpectrogramSpec): number => Math.round(rate * seconds);

/** A sound as the logarithm of its power by time and frequency: `[frames, mels] float32`, `(x − mean) / std`. */
export const spectrogramEncoder: DataEncoder<SpectrogramSpec> = {
  key: 'spectrogram',
  title: 'Spectrogram of a sound',
  summary: 'the logarithm of the power in bands of the mel scale, cut or padded to one length',
  schema,
  columns: ({ column }) => [column],
  dims: (spec) => [countFrames(countSamples(spec), spec.hop), spec.mels],
  create:
    (spec, { tree }) =>
    async (row) => {
      const { samples, rate } = await decodeSound(spec.column, row[spec.column], tree);
      const sound = new Float32Array(countSamples(spec));
      sound.set(resample(samples, rate, spec.rate).subarray(0, sound.length));
      const values = toLogMel(sound, { ...spec, high: spec.high ?? spec.rate / 2 });
      return tensor(
        values.map((value) => (value - spec.mean) / spec.std),
        [values.length / spec.mels, spec.mels],
      );
    },
};
