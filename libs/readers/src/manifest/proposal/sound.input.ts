import { decodeSound } from '../../audio/wav.js';
import { spectrogramEncoder } from '../../encoders/spectrogram.encoder.js';
import { Moments } from '../../moments.js';
import type { Cell, Field, Numbers } from '../../records.js';
import type { EncoderSpec } from '../manifest.js';
import { toHandlerName } from '../names.js';
import { type Draft, median, rounded, spread } from './draft.js';

/** Sounds that the length and the scale of spectrograms are taken from, and bounds of what is proposed. */
const SCALE_SOUNDS = 100;
const MIN_RATE = 1_000;
const MAX_RATE = 16_000;
const MAX_SECONDS = 10;

/** Windows of 25 ms or more, each half over the next; the length that 95 % of the sounds do not exceed. */
export async function proposeSound(draft: Draft, { name }: Field): Promise<EncoderSpec> {
  const sounds: { readonly rate: number; readonly seconds: number; readonly cell: Cell }[] = [];
  let fault: unknown;
  for (const index of spread(draft.training, SCALE_SOUNDS)) {
    const cell = (await draft.records.row(index))[name] ?? null;
    const { rate, samples } = await decodeSound(name, cell, draft.tree).catch((error: unknown) => {
      fault ??= error;
      return { rate: 0, samples: [] };
    });
    if (rate > 0) sounds.push({ rate, seconds: samples.length / rate, cell });
  }
  if (sounds.length === 0) throw fault;
  const rate = Math.max(MIN_RATE, Math.min(MAX_RATE, median(sounds.map((sound) => sound.rate))));
  const window = 2 ** Math.ceil(Math.log2(rate * 0.025));
  const lengths = sounds.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const longest = lengths[Math.floor(0.95 * (lengths.length - 1))]!;
  const seconds = Math.max(0.1, Math.min(MAX_SECONDS, Math.ceil(longest * 100) / 100));
  const spec = {
    column: name,
    rate,
    seconds,
    window,
    hop: window / 2,
    mels: 40,
    scale: 'slaney',
    low: 0,
  } as const;
  const encode = await spectrogramEncoder.create(
    { ...spec, mean: 0, std: 1 },
    { tree: draft.tree, readText: () => Promise.resolve('') },
  );
  const moments = new Moments();
  for (const { cell } of sounds)
    for (const value of ((await encode({ [name]: cell })) as Numbers).data) moments.add(value);
  draft.visuals[toHandlerName(name)] = { kind: 'audio', column: name, seconds };
  draft.notes.push(
    `sounds are resampled to ${rate} Hz and cut or padded to ${seconds} s; change "rate" and "seconds" in the ` +
      'manifest, "seconds" of the visual too',
  );
  const { mean, std } = moments;
  return { encoder: 'spectrogram', ...spec, mean: rounded(mean), std: rounded(std) || 1 };
}
