import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Source } from './sources/source.js';
import type { Training, TrainingOptions } from './training.js';

const FOLDER = fileURLToPath(new URL('../../../../.noema/insight-trainings', import.meta.url));
/** Raised when the same source and options train to something else. */
const VERSION = 1;

/** The arrays of a training by name, with their places in the file behind the header. */
interface Header extends Pick<Training, 'topology'> {
  readonly arrays: readonly { readonly name: string; readonly type: 'f' | 'i'; readonly length: number }[];
  readonly epochs: readonly number[];
}

type Numbers = Float32Array | Int32Array;

/** Returns the hash of all that a training depends on. */
export function hashTraining(
  { inputs, shape, classNames, vocabulary }: Source,
  { labels, splitCodes, weights, network, ...settings }: Required<TrainingOptions>,
): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([VERSION, shape, classNames.length, vocabulary, network, settings]));
  for (const array of [inputs, labels, splitCodes, weights])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest('hex').slice(0, 32);
}

/** Returns a stored training; undefined where this one has not run. */
export function findTraining(key: string): Training | undefined {
  const path = join(FOLDER, key);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const start = 4 + bytes.readUInt32LE(0);
  const header = JSON.parse(bytes.toString('utf8', 4, start)) as Header;
  const numbers = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length);
  const arrays = new Map<string, Numbers>();
  let at = 0;
  for (const { name, type, length } of header.arrays) {
    arrays.set(name, new (type === 'f' ? Float32Array : Int32Array)(numbers, at, length));
    at += 4 * length;
  }
  const floats = (name: string): Float32Array => arrays.get(name) as Float32Array;
  return {
    topology: header.topology,
    mean: floats('mean'),
    probabilities: floats('probabilities'),
    history: header.epochs.map((epoch) => ({
      epoch,
      losses: floats(`losses:${epoch}`),
      predicted: arrays.get(`predicted:${epoch}`) as Int32Array,
      margins: floats(`margins:${epoch}`),
    })),
  };
}

/** Stores a training; two processes that store the same one agree. */
export function keepTraining(key: string, training: Training): void {
  const { topology, mean, probabilities, history } = training;
  const arrays: (readonly [string, Numbers])[] = [
    ['mean', mean],
    ['probabilities', probabilities],
    ...history.flatMap(({ epoch, losses, predicted, margins }) => [
      [`losses:${epoch}`, losses] as const,
      [`predicted:${epoch}`, predicted!] as const,
      [`margins:${epoch}`, margins!] as const,
    ]),
  ];
  const header: Header = {
    topology,
    epochs: history.map(({ epoch }) => epoch),
    arrays: arrays.map(([name, values]) => ({
      name,
      type: values instanceof Float32Array ? 'f' : 'i',
      length: values.length,
    })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  const bytes = arrays.map(([, values]) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, key);
  writeFileSync(`${path}.${process.pid}`, Buffer.concat([size, text, ...bytes]));
  renameSync(`${path}.${process.pid}`, path);
}
