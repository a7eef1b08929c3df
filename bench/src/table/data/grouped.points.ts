import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@noema/kernel';
import { type DataFolder, DIMENSIONS } from './data.folder.js';

const GROUPS = 200;
/** Standard deviations of a group in its first and its last dimension; of the centres: 1. */
const WIDEST = 1;
const NARROWEST = 0.1;
const TWO_PI = 2 * Math.PI;

/** Writes `vectors-<rows>.f32` once: seeded points in 200 Gaussian groups, narrower from dimension to dimension. */
export function writeGroupedPoints({ path }: DataFolder, rows: number): void {
  const file = join(path, `vectors-${rows}.f32`);
  if (existsSync(file)) return;
  const random = seededRandom(11);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(TWO_PI * random());
  const centres = Float64Array.from({ length: GROUPS * DIMENSIONS }, normal);
  const points = new Float32Array(rows * DIMENSIONS);
  for (let row = 0, at = 0; row < rows; row++) {
    const centre = Math.floor(random() * GROUPS) * DIMENSIONS;
    for (let c = 0; c < DIMENSIONS; c++) {
      const width = WIDEST + ((NARROWEST - WIDEST) * c) / (DIMENSIONS - 1);
      points[at++] = centres[centre + c]! + width * normal();
    }
  }
  writeFileSync(`${file}.part`, new Uint8Array(points.buffer));
  renameSync(`${file}.part`, file);
}
