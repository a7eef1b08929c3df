import { Engine, evaluateProgram, resident, Trainer } from '@noema/engine';
import { compileLayers } from '@noema/layers';

/** Texts as indexes of their words, `[n, length]`, and the class of each. */
export interface IndexedTexts {
  readonly length: number;
  readonly indexes: Float32Array;
  readonly classes: readonly number[];
}

export interface TextTraining {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * Trains a network with one input and one softmax output by the default optimizer of the platform. Returns the
 * share of other texts that it classifies right after each epoch.
 */
export async function trainOnTexts(
  network: unknown,
  { training, validation }: { readonly training: IndexedTexts; readonly validation: IndexedTexts },
  { epochs, batchSize, seed }: TextTraining,
): Promise<number[]> {
  const model = compileLayers(network, { mode: 'training' });
  const inference = compileLayers(network, { mode: 'inference' });
  const [input, output] = [model.inputs[0]!.name, model.outputs[0]!.name];
  const classCount = Math.max(...training.classes) + 1;
  const targets = new Float32Array(training.classes.length * classCount);
  for (const [row, own] of training.classes.entries()) targets[row * classCount + own] = 1;
  const trainer = Trainer.create({
    model,
    losses: [{ loss: 'categorical_crossentropy' }],
    optimizer: { name: 'adam' },
    data: new Map([
      [input, resident(training.indexes, [training.length])],
      [`target:${output}`, resident(targets, [classCount])],
    ]),
    rows: Uint32Array.from(training.classes.keys()),
    batchSize,
    seed,
    workers: 2,
  });
  const engine = Engine.start({ threads: 1 });
  try {
    const shares: number[] = [];
    for (let epoch = 1; epoch <= epochs; epoch++) {
      await trainer.trainEpoch();
      const { program, predictions } = evaluateProgram(inference, trainer.weights());
      const dims = [validation.classes.length, validation.length];
      const results = await engine.run(program, {
        [input]: { dataType: 'float32', dims, data: validation.indexes },
      });
      const scores = results[predictions[0]!]!.data as Float32Array;
      const hits = validation.classes.filter((own, row) => {
        const ownScores = scores.subarray(row * classCount, (row + 1) * classCount);
        return ownScores.indexOf(Math.max(...ownScores)) === own;
      });
      shares.push(hits.length / validation.classes.length);
    }
    return shares;
  } finally {
    await trainer.close();
    await engine.close();
  }
}
