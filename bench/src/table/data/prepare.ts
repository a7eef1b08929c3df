import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Engine, toResident, responsesProgram } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';
import { umap } from '@noema/manifold';
import { fitBasis, computeMoments, project } from '@noema/perception';
import { digits } from '../../digits.js';
import { findNeighbors } from '../sides/neighbors.js';
import { DataFolder, DIMENSIONS, RESPONSE_ROWS, VECTOR_ROWS } from './data.folder.js';
import { madeSample } from './made.samples.js';
import { network, createTrainer } from './network.js';
import { respond } from './response.rows.js';

/** Raised when something below changes what is written. */
const EDITION = '1';
const EPOCHS = 5;
const SEED = 42;
const folder = fileURLToPath(new URL('../../../../../.noema/bench-data', import.meta.url));

/**
 * Makes the data of the table once: trains the walk's network, takes the responses of 100,000 made samples,
 * and their perception vectors. Seeded.
 */
export async function prepareData(print: (line: string) => void): Promise<DataFolder> {
  const data = new DataFolder(folder);
  const ready = join(folder, 'ready');
  if (existsSync(ready) && readFileSync(ready, 'utf8') === EDITION) return data;
  mkdirSync(folder, { recursive: true });
  const write = (name: string, array: Float32Array | Uint8Array): void => {
    writeFileSync(join(folder, name), Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  };
  const { n, images, labels } = digits();
  write('images.f32', images);
  write(
    'labels.u8',
    Uint8Array.from({ length: RESPONSE_ROWS }, (_, row) => labels[row % n]!),
  );
  print(
    `making the data once: ${EPOCHS} epochs of the walk's network, responses of ${RESPONSE_ROWS} ` +
      'samples, their vectors',
  );
  const trainer = createTrainer(images, labels, SEED);
  for (let epoch = 0; epoch < EPOCHS; epoch++) await trainer.trainEpoch();
  const weights = trainer.weights();
  await trainer.close();
  const compiled = network('inference');
  const program = responsesProgram(compiled, weights);
  const layout = { layers: compiled.layers.map(({ name, units }) => ({ name, units })) };
  write(
    'weights.f32',
    Float32Array.from(compiled.parameters.flatMap(({ name }) => Array.from(weights.get(name)!))),
  );
  writeFileSync(
    join(folder, 'network.json'),
    JSON.stringify({
      parameters: compiled.parameters.map(({ name, dims }) => ({ name, dims })),
      layers: layout.layers,
    }),
  );
  const engine = Engine.start();
  try {
    const units = layout.layers.reduce((sum, layer) => sum + layer.units, 0);
    const mean = new Float32Array(RESPONSE_ROWS * units);
    const part = toResident(n, [SIDE * SIDE]).data;
    for (let from = 0; from < RESPONSE_ROWS; from += n) {
      for (let row = 0; row < n; row++) part.set(madeSample(images, from + row), row * SIDE * SIDE);
      mean.set((await respond(engine, program, part)).mean, from * units);
    }
    write('responses.f32', mean);
    for (const rows of VECTOR_ROWS) {
      const first = mean.subarray(0, rows * units);
      write(
        `vectors-${rows}.f32`,
        project(
          fitBasis(
            computeMoments(first, units),
            layout,
            { kind: 'all' },
            { maxDimensions: DIMENSIONS, varianceKept: 1 },
          ),
          first,
        ),
      );
    }
    const cloud = data.vectors(n);
    write('map.f32', await umap(cloud, await findNeighbors(cloud, 14), { epochs: 200, seed: SEED }));
  } finally {
    await engine.close();
  }
  writeFileSync(ready, EDITION);
  return data;
}
