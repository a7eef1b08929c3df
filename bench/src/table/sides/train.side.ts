import { Engine, evaluateProgram, MAX_BATCH_ROWS, toResident, runRows } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';
import { CLASSES, network, TRAINING_ROWS, createTrainer } from '../data/network.js';
import type { SideKind } from './side.js';

/** One epoch of the walk's network after another; the first one warms up. */
export const trainSide: SideKind = {
  key: 'train',
  async prepare(data) {
    const images = data.floats('images.f32');
    const labels = data.labels();
    const n = images.length / (SIDE * SIDE);
    const trainer = createTrainer(images, labels, 7);
    await trainer.trainEpoch();
    return {
      work: async () => {
        await trainer.trainEpoch();
      },
      save: async () => {
        const engine = Engine.start();
        const {
          program,
          predictions: [prediction],
        } = evaluateProgram(network('inference'), trainer.weights(), [], engine);
        const rows = n - TRAINING_ROWS;
        const scores = toResident(rows, [CLASSES]);
        await runRows(engine, program, {
          rows,
          batchSize: MAX_BATCH_ROWS,
          into: [{ output: prediction!, target: scores }],
          feeds: new Map([
            [
              program.inputs[0]!.name,
              { data: images.subarray(TRAINING_ROWS * SIDE * SIDE), rowDims: [SIDE, SIDE, 1] },
            ],
          ]),
        });
        await engine.close();
        const isRight = (_: unknown, row: number): boolean =>
          likeliest(scores.data, row * CLASSES) === labels[TRAINING_ROWS + row];
        return { 'validation accuracy': Array.from({ length: rows }, isRight).filter(Boolean).length / rows };
      },
      close: () => trainer.close(),
    };
  },
};

function likeliest(scores: Float32Array, at: number): number {
  const row = scores.subarray(at, at + CLASSES);
  return row.indexOf(Math.max(...row));
}
