import { readFile } from 'node:fs/promises';
import { dataFault, valueFault } from '../data-fault.js';
import { type FileTree, findExtension } from '../files/file-tree.js';
import { findSoundForm } from '../files/media.js';
import type { Cell } from '../records.js';

/** Sound with its channels mixed to one: numbers from −1 to 1. */
export interface Sound {
  /** Samples per second. */
  readonly rate: number;
  readonly samples: Float32Array;
}

const MAX_FILE_BYTES = 256 * 2 ** 20;
const MAX_CHANNELS = 64;
const MAX_RATE = 384_000;
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Names of compressed formats within WAV files (RFC 2361). */
const COMPRESSED: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  6: 'A-law',
  7: 'µ-law',
  0x11: 'IMA ADPCM',
  0x31: 'GSM',
  0x50: 'MPEG',
  0x55: 'MP3',
};

/** How samples are read, by format and bits. */
const SAMPLES: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  [`${PCM} 8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${PCM} 16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
  [`${PCM} 24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
  [`${PCM} 32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
  [`${FLOAT} 32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT} 64`]: (view, at) => view.getFloat64(at, true),
};

/** Decodes the sound of a cell. Throws `invalid` AUDIO_INVALID that names the file, VALUE_INVALID. */
export async function decodeSound(column: string, cell: Cell | undefined, tree: FileTree): Promise<Sound> {
  if (typeof cell !== 'object' || cell === null || !('path' in cell))
    throw valueFault('VALUE_INVALID', column, cell, 'a file of sound is needed');
  const { path, bytes: held } = cell;
  if (held !== undefined) return decodeBytes(held, path === '' ? 'the sound of the record' : path);
  if (findExtension(path) !== '.wav')
    throw audioInvalid(path, `is compressed (${findExtension(path).slice(1)})`);
  const bytes = tree.files.find((file) => file.path === path)?.bytes ?? 0;
  if (bytes > MAX_FILE_BYTES)
    throw dataFault('AUDIO_INVALID', path, `has ${bytes} bytes; a sound has at most ${MAX_FILE_BYTES}`);
  return parseWav(await readFile(tree.absolute(path)), path);
}

/** The sound of bytes that a table holds. */
function decodeBytes(bytes: Uint8Array, name: string): Sound {
  if (bytes.length > MAX_FILE_BYTES)
    throw dataFault(
      'AUDIO_INVALID',
      name,
      `has ${bytes.length} bytes; a sound has at most ${MAX_FILE_BYTES}`,
    );
  const form = findSoundForm(bytes);
  if (form !== undefined && form !== 'WAV') throw audioInvalid(name, `is compressed (${form})`);
  return parseWav(bytes, name);
}

const audioInvalid = (path: string, why: string): Error =>
  dataFault('AUDIO_INVALID', path, `${why}, which is not read; convert it to WAV with PCM or float samples`);

/** Reads a WAV file (RIFF; PCM of 8 to 32 bits or floats). Throws `invalid` AUDIO_INVALID. */
export function parseWav(bytes: Uint8Array, path: string): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fault = (why: string): Error => dataFault('AUDIO_INVALID', path, `cannot be read as WAV: it ${why}`);
  const name = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') throw fault('has no RIFF header');
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const chunk = name(at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    const isOpen = chunk === 'data' && size === 0xffffffff;
    if (start + size > bytes.length && !isOpen)
      throw fault(`ends within its part "${chunk}", which has ${size} bytes`);
    if (chunk === 'fmt ') format = readFormat(view, start, size, fault);
    if (chunk === 'data') {
      if (format === undefined) throw fault('has samples before their format');
      return mix(view, start, isOpen ? bytes.length - start : size, format, path, fault);
    }
    at = start + size + (size % 2);
  }
  throw fault('has no samples');
}

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

function readFormat(view: DataView, at: number, size: number, fault: (why: string) => Error): Format {
  if (size < 16) throw fault(`has a format of ${size} bytes`);
  const tag = view.getUint16(at, true);
  const format = {
    tag: tag === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : tag,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
  if (format.channels < 1 || format.channels > MAX_CHANNELS || format.rate < 1 || format.rate > MAX_RATE)
    throw fault(`has ${format.channels} channels and ${format.rate} samples per second`);
  return format;
}

/** The mean of the channels. */
function mix(
  view: DataView,
  start: number,
  size: number,
  { tag, channels, rate, bits }: Format,
  path: string,
  fault: (why: string) => Error,
): Sound {
  const read = SAMPLES[`${tag} ${bits}`];
  if (read === undefined) {
    if (tag === PCM || tag === FLOAT) throw fault(`has samples of ${bits} bits`);
    throw audioInvalid(path, `is compressed (${COMPRESSED[tag] ?? `format ${tag}`})`);
  }
  const width = bits / 8;
  const samples = new Float32Array(Math.floor(size / (width * channels)));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += read(view, start + (i * channels + channel) * width);
    samples[i] = sum / channels;
  }
  const odd = samples.findIndex((sample) => !Number.isFinite(sample));
  if (odd !== -1) throw fault(`has the sample ${odd}, ${samples[odd]}, which is not a finite number`);
  return { rate, samples };
}
