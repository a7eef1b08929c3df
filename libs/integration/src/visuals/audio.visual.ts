import type { TensorLike } from '../tensor.js';
import { shortNumber, type VisualKind, visualInvalid } from './visual-kind.js';

export interface AudioVisual {
  readonly kind: 'audio';
  readonly samples: TensorLike;
  readonly sampleRate: number;
}

/** Stored sound. */
export interface StoredAudio {
  readonly kind: 'audio';
  /** Samples per second of each channel. */
  readonly sampleRate: number;
  /** One list of numbers from −1 to 1 for each channel. */
  readonly channels: readonly Float32Array[];
  /** The WAV file itself. */
  readonly file: Uint8Array;
}

/**
 * Sound: `[samples]` or `[samples, channels]` numbers from −1 to 1 in one or two channels. A heat map `[time,
 * frequencies]` lies under its spectrogram, one `[samples]` under its wave.
 */
export const audio = (samples: TensorLike, { sampleRate }: { readonly sampleRate: number }): AudioVisual => ({
  kind: 'audio',
  samples,
  sampleRate,
});

/** Bytes of a WAV file, at most: 178 s of one channel at 44.1 kHz. A message has at most 16 MiB. */
const MAX_BYTES = 15 * 2 ** 20;
const MAX_RATE = 384_000;
const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;
/** Columns of the wave of a thumbnail, and the signs that draw them. */
const COLUMNS = 24;
const LEVELS = '▁▂▃▄▅▆▇█';

/** Sound, stored as a WAV file of 16 bits a sample (RIFF, format 1). */
export const audioKind: VisualKind<AudioVisual, StoredAudio> = {
  key: 'audio',
  mediaType: 'audio/wav',
  encode({ samples, sampleRate }, encoders) {
    const { data, dims } = encoders.toTensor(samples);
    const channels = dims.length === 1 ? 1 : dims[1]!;
    if (dims.length > 2 || dims.length === 0 || channels < 1 || channels > 2)
      throw visualInvalid(
        `sound needs the shape [samples] or [samples, 1 or 2 channels], not [${dims.join(', ')}]`,
      );
    if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > MAX_RATE)
      throw visualInvalid(`the sample rate is ${sampleRate}; give a whole number from 1 to ${MAX_RATE} Hz`);
    if (HEADER_BYTES + SAMPLE_BYTES * data.length > MAX_BYTES)
      throw visualInvalid(
        `the sound has ${data.length} numbers; at most ${(MAX_BYTES - HEADER_BYTES) / SAMPLE_BYTES} are kept`,
      );
    return encodeWav(data, channels, sampleRate);
  },
  isValid: (bytes) => bytes.length <= MAX_BYTES && readHeader(bytes) !== undefined,
  readBytes(bytes) {
    const header = readHeader(bytes);
    if (header === undefined) throw visualInvalid('the sound is not a WAV file of 16 bits a sample');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = (bytes.length - HEADER_BYTES) / (SAMPLE_BYTES * header.channels);
    const channels = Array.from({ length: header.channels }, (_, channel) =>
      Float32Array.from(
        { length: count },
        (__, at) =>
          view.getInt16(HEADER_BYTES + SAMPLE_BYTES * (at * header.channels + channel), true) / 2 ** 15,
      ),
    );
    return { kind: 'audio', sampleRate: header.sampleRate, channels, file: bytes };
  },
  snippet({ sampleRate, channels: [first = new Float32Array(0)] }) {
    const peaks = Array.from({ length: COLUMNS }, (_, column) => {
      const [from, to] = [column, column + 1].map((edge) => Math.floor((edge * first.length) / COLUMNS));
      return first.subarray(from, to).reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
    });
    const highest = Math.max(...peaks) || 1;
    const wave = peaks.map((peak) => LEVELS[Math.round((7 * peak) / highest)]).join('');
    return `${wave}\n${shortNumber(first.length / sampleRate)} s`;
  },
};

function encodeWav(data: Float32Array, channels: number, sampleRate: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + SAMPLE_BYTES * data.length);
  const view = new DataView(bytes.buffer);
  const writeName = (at: number, name: string): void => {
    for (let i = 0; i < 4; i++) bytes[at + i] = name.charCodeAt(i);
  };
  writeName(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  writeName(8, 'WAVE');
  writeName(12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * SAMPLE_BYTES, true);
  view.setUint16(32, channels * SAMPLE_BYTES, true);
  view.setUint16(34, 8 * SAMPLE_BYTES, true);
  writeName(36, 'data');
  view.setUint32(40, SAMPLE_BYTES * data.length, true);
  data.forEach((value, at) => {
    const level = Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value));
    view.setInt16(HEADER_BYTES + SAMPLE_BYTES * at, Math.min(2 ** 15 - 1, Math.round(level * 2 ** 15)), true);
  });
  return bytes;
}

/** Reads the header that `encodeWav` writes; `undefined` for any other file. */
function readHeader(
  bytes: Uint8Array,
): { readonly channels: number; readonly sampleRate: number } | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  const [channels, sampleRate] = [view.getUint16(22, true), view.getUint32(24, true)];
  const frame = channels * SAMPLE_BYTES;
  const isValid =
    name(0) === 'RIFF' &&
    view.getUint32(4, true) === bytes.length - 8 &&
    name(8) === 'WAVE' &&
    name(12) === 'fmt ' &&
    view.getUint32(16, true) === 16 &&
    view.getUint16(20, true) === 1 &&
    channels >= 1 &&
    channels <= 2 &&
    sampleRate >= 1 &&
    sampleRate <= MAX_RATE &&
    view.getUint16(32, true) === frame &&
    view.getUint16(34, true) === 8 * SAMPLE_BYTES &&
    name(36) === 'data' &&
    view.getUint32(40, true) === bytes.length - HEADER_BYTES &&
    (bytes.length - HEADER_BYTES) % frame === 0;
  return isValid ? { channels, sampleRate } : undefined;
}
