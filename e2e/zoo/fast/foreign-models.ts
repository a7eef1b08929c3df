import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { LayerResponses } from './judge.js';

/** A model file of another framework, with what ONNX Runtime in Python says of it. */
export interface ForeignModel {
  readonly file: string;
  readonly logits: 'softmax';
  read(): Promise<{ layers: LayerResponses[]; outputs: Float32Array; nonLinearity: string }>;
}

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../src/fixtures/${name}`, import.meta.url));

/**
 * Reads the reference of `python/onnx_reference.py`: mean and maximum of each layer, then the outputs,
 * float32.
 */
async function readReference(
  name: string,
): Promise<{ layers: LayerResponses[]; outputs: Float32Array; nonLinearity: string }> {
  const { rows, layers } = JSON.parse(await readFile(fixture(`${name}.reference.json`), 'utf8')) as {
    rows: number;
    layers: { name: string; units: number }[];
  };
  const bytes = await readFile(fixture(`${name}.reference.f32`));
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  let at = 0;
  const next = (size: number): Float32Array => values.subarray(at, (at += size));
  const read = layers.map(({ name, units }) => ({
    name,
    units,
    mean: next(rows * units),
    max: next(rows * units),
  }));
  return { layers: read, outputs: next(values.length - at), nonLinearity: 'softmax' };
}

/** Files that are in the repository already; a further one is one more entry. */
export const FOREIGN_MODELS: Readonly<Record<string, ForeignModel>> = {
  'torch-onnx': { file: fixture('blobs.onnx'), logits: 'softmax', read: () => readReference('blobs') },
};
