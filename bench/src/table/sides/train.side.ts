import { Engine, evaluateProgram, runBatches } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';
import { float32 } from '@noema/onnx';
import { CLASSES, network, TRAINING_ROWS, trainerOf } from '../data/network.js';
import type { SideKind } from './side.js';

const BATCH_ROWS = 256;

/** One epoch of the walk's network after another; the first one warms up. */
export const trainSide: SideKind = {
  key: 'train',
  async prepare(data) {
    const images = data.floats('images.f32'), labels = data.labels(), n = images.length / (SIDE * SIDE);
    const trainer = trainerOf(images, labels, 7);
    await trainer.trainEpoch();
    return {
      work: async () => { await trainer.trainEpoch(); },
      save: async () => {
        const engine = Engine.start(), { program, predictions: [prediction] } = evaluateProgram(network('inference'), trainer.weights());
        let right = 0;
        await runBatches(engine, program, {
          rows: n - TRAINING_ROWS, batchSize: BATCH_ROWS,
          feeds: (from, to) => ({ [program.inputs[0]!.name]: float32(images.slice((TRAINING_ROWS + from) * SIDE * SIDE, (TRAINING_ROWS + to) * SIDE * SIDE), [to - from, SIDE, SIDE, 1]) }),
          take: (outputs, from, to) => {
            const scores = outputs[prediction!]!.data as Float32Array;
            for (let row = from; row < to; row++) if (likeliest(scores, (row - from) * CLASSES) === labels[TRAINING_ROWS + row]) right++;
          },
        });
        await engine.close();
        return { 'validation accuracy': right / (n - TRAINING_ROWS) };
      },
      close: () => trainer.close(),
    };
  },
};

function likeliest(scores: Float32Array, at: number): number {
  const row = scores.subarray(at, at + CLASSES);
  return row.indexOf(Math.max(...row));
}
