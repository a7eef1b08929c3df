import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { points, type Points } from '@noema/manifold';

/** Dimensions of the perception vectors of the table. */
export const DIMENSIONS = 64;

/** Sizes of populations for which there are vectors. */
export const VECTOR_ROWS = [10_000, 70_000] as const;

/** Rows of responses. */
export const RESPONSE_ROWS = 100_000;

/**
 * The data that all contestants read, row-major without headers: `images.f32` [10000, 28, 28], training rows
 * first; `labels.u8` [100000]; `weights.f32`, the trained network's parameters in the order of
 * `network.json`; `responses.f32` [100000, 234]; `vectors-<n>.f32` [n, 64]; `map.f32` [10000, 2].
 */
export class DataFolder {
  constructor(readonly path: string) {}

  floats(name: string): Float32Array {
    const bytes = readFileSync(join(this.path, name));
    const floats = new Float32Array(new SharedArrayBuffer(bytes.byteLength));
    new Uint8Array(floats.buffer).set(bytes);
    return floats;
  }

  labels(): Uint8Array {
    return new Uint8Array(readFileSync(join(this.path, 'labels.u8')));
  }

  network(): Network {
    return JSON.parse(readFileSync(join(this.path, 'network.json'), 'utf8')) as Network;
  }

  /** The perception vectors of the first n samples. */
  vectors(n: number): Points {
    return points(this.floats(`vectors-${n}.f32`), DIMENSIONS);
  }
}

/**
 * The trained network: its parameters in the order of `weights.f32`, and its learned layers in the order of
 * the responses.
 */
export interface Network {
  readonly parameters: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly layers: readonly { readonly name: string; readonly units: number }[];
}
