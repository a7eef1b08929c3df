import { DomainError, seededRandom } from '@noema/kernel';
import { afterAll, describe, expect, it } from 'vitest';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  Engine,
  evaluateProgram,
  resident,
  toResident,
  Trainer,
  type TrainerOptions,
  type Weights,
} from '../src/index.js';
import { inference, sequence, smallCnn, training } from './trainer.models.js';

/** Three classes of 8×8 pictures: a bar on the left, in the middle, on the right, with noise. */
const ROWS = 240;
const pictures = toResident(ROWS, [8, 8, 1]);
const labels = toResident(ROWS, [3]);
const random = seededRandom(17);
for (let row = 0; row < ROWS; row++) {
  const kind = row % 3;
  labels.data[row * 3 + kind] = 1;
  for (let i = 0; i < 64; i++)
    pictures.data[row * 64 + i] =
      0.3 * random() + (Math.abs((i % 8) - 1 - 2.5 * kind) < 1 ? 0.5 * random() : 0);
}

const options = (change: Partial<TrainerOptions> = {}): TrainerOptions => ({
  model: training(smallCnn),
  losses: [{ loss: 'categorical_crossentropy' }],
  optimizer: { name: 'adam', settings: { learning_rate: 0.01 } },
  data: new Map([
    ['x', pictures],
    ['target:out', labels],
  ]),
  rows: Uint32Array.from({ length: 200 }, (_, i) => i),
  batchSize: 32,
  seed: 4,
  workers: 2,
  ...change,
});

async function train(
  epochs: number,
  change: Partial<TrainerOptions> = {},
): Promise<{ weights: Weights; losses: number[]; trainer: Trainer }> {
  const trainer = Trainer.create(options(change));
  const losses: number[] = [];
  for (let i = 0; i < epochs; i++) losses.push((await trainer.trainEpoch()).loss);
  const weights = trainer.weights();
  await trainer.close();
  return { weights, losses, trainer };
}

const same = (a: Weights, b: Weights): boolean =>
  [...a].every(
    ([name, values]) => Buffer.compare(Buffer.from(values.buffer), Buffer.from(b.get(name)!.buffer)) === 0,
  );

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

describe('trainer', () => {
  it('learns: held-out rows are classified', async () => {
    const { weights, losses } = await train(12);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    const { program, predictions } = evaluateProgram(inference(smallCnn), weights);
    const out = await engine.run(program, {
      x: { dataType: 'float32', dims: [40, 8, 8, 1], data: pictures.data.subarray(200 * 64, 240 * 64) },
    });
    let hits = 0;
    for (let row = 0; row < 40; row++) {
      const p = Array.from(out[predictions[0]!]!.data.subarray(row * 3, (row + 1) * 3) as Float32Array);
      if (p.indexOf(Math.max(...p)) === (200 + row) % 3) hits++;
    }
    expect(hits).toBeGreaterThanOrEqual(38);
  });

  it.each([1, 2, 3])('gives the same weights bit for bit with %i workers', async (workers) => {
    const [a, b] = [await train(2, { workers }), await train(2, { workers })];
    expect(same(a.weights, b.weights)).toBe(true);
    expect(a.losses).toEqual(b.losses);
  });

  it('depends on the seed', async () => {
    expect(same((await train(1)).weights, (await train(1, { seed: 5 })).weights)).toBe(false);
  });

  it('follows one thread whatever the number of workers, up to rounding', async () => {
    const plain = sequence(
      [8, 8, 1],
      ['Flatten', { name: 'f' }],
      ['Dense', { name: 'out', units: 3, activation: 'softmax' }],
    );
    const by = async (workers: number): Promise<Float32Array> =>
      (
        await train(3, {
          model: training(plain),
          workers,
          optimizer: { name: 'sgd', settings: { learning_rate: 0.1 } },
        })
      ).weights.get('out/kernel')!;
    const [one, three] = [await by(1), await by(3)];
    one.forEach((value, i) => {
      expect(three[i]).toBeCloseTo(value, 4);
    });
  });

  it('is one step of gradient descent on a linear model, by hand', async () => {
    // y = w x, loss (w x − t)²: w ← w − rate · mean 2 (w x − t) x.
    const xs = [1, 2, 3];
    const ts = [2, 4, 6];
    const { weights } = await train(1, {
      model: training(sequence([1], ['Dense', { name: 'out', units: 1, use_bias: false }])),
      losses: [{ loss: 'mean_squared_error' }],
      optimizer: { name: 'sgd', settings: { learning_rate: 0.05 } },
      data: new Map([
        ['x', resident(Float32Array.from(xs), [1])],
        ['target:out', resident(Float32Array.from(ts), [1])],
      ]),
      rows: Uint32Array.of(0, 1, 2),
      weights: new Map([['out/kernel', Float32Array.of(0.5)]]),
    });
    const slope = xs.reduce((total, x, i) => total + (2 * (0.5 * x - ts[i]!) * x) / 3, 0);
    expect(weights.get('out/kernel')![0]).toBeCloseTo(0.5 - 0.05 * slope, 5);
  });

  it('goes on from a checkpoint as if it had never stopped', async () => {
    const whole = await train(4);
    const first = Trainer.create(options());
    await first.trainEpoch();
    await first.trainEpoch();
    const bytes = encodeCheckpoint(first.checkpoint());
    await first.close();
    const { weights } = await train(2, { checkpoint: decodeCheckpoint(bytes) });
    expect(same(whole.weights, weights)).toBe(true);
  });

  it('reports every batch and the rate of the schedule', async () => {
    const trainer = Trainer.create(
      options({
        schedule: {
          name: 'exponential_decay',
          settings: { initial_learning_rate: 0.1, decay_steps: 7, decay_rate: 0.5 },
        },
      }),
    );
    const batches: number[] = [];
    await trainer.trainEpoch({
      onBatch: ({ batch, batches: of }) => {
        expect(of).toBe(7);
        batches.push(batch);
      },
    });
    expect(batches).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect((await trainer.trainEpoch()).learningRate).toBeCloseTo(0.1 * 0.5 ** (13 / 7), 12);
    await trainer.close();
  });

  it('RELIABILITY 15: stops within one batch of the signal', async () => {
    const trainer = Trainer.create(options({ batchSize: 4 }));
    const stop = new AbortController();
    let [last, at] = [0, Infinity];
    const run = trainer.trainEpoch({
      signal: stop.signal,
      onBatch: ({ batch }) => {
        last = batch;
        if (batch === 3) {
          stop.abort();
          at = batch;
        }
      },
    });
    await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
    expect(at).toBe(3);
    expect(last).toBeLessThan(50);
    await expect(trainer.trainEpoch()).rejects.toMatchObject({ reason: 'TRAINER_ENDED' });
  });

  it('RELIABILITY 30: stops at a loss that is not a number and says where', async () => {
    const broken = { ...pictures, data: pictures.data.slice() };
    broken.data.fill(NaN, 70 * 64, 71 * 64);
    const trainer = Trainer.create(
      options({
        data: new Map([
          ['x', resident(broken.data, [8, 8, 1])],
          ['target:out', labels],
        ]),
        rows: Uint32Array.from({ length: 96 }, (_, i) => i),
      }),
    );
    await expect(trainer.trainEpoch()).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'LOSS_NOT_FINITE',
      message: expect.stringMatching(/became NaN in epoch 1, batch [123];/) as string,
    });
  });

  it('trains by losses and gradients that are computed outside of the graph', async () => {
    const score: TrainerOptions['score'] = async ({ rows, predictions }) => {
      await Promise.resolve();
      const truth = Float32Array.from(
        predictions,
        (_, i) => labels.data[3 * rows[Math.floor(i / 3)]! + (i % 3)]!,
      );
      return {
        losses: Float64Array.from(rows, (_, row) =>
          [0, 1, 2].reduce((sum, c) => sum - truth[3 * row + c]! * Math.log(predictions[3 * row + c]!), 0),
        ),
        gradients: predictions.map((p, i) => -truth[i]! / p),
      };
    };
    const change = { losses: [{ loss: 'integration' }], data: new Map([['x', pictures]]), score };
    const [graph, outside] = [await train(2), await train(2, change)];
    graph.losses.forEach((loss, epoch) => {
      expect(outside.losses[epoch]).toBeCloseTo(loss, 3);
    });
  });

  it('ends with the error of a loss outside of the graph, whatever the other workers do', async () => {
    let calls = 0;
    const trainer = Trainer.create(
      options({
        losses: [{ loss: 'integration' }],
        data: new Map([['x', pictures]]),
        score: ({ rows, predictions }) =>
          ++calls === 4
            ? Promise.reject(new DomainError('invalid', 'HANDLER_THREW', 'loss at sample "7" threw'))
            : Promise.resolve({ losses: new Float64Array(rows.length), gradients: predictions }),
      }),
    );
    await expect(trainer.trainEpoch()).rejects.toMatchObject({ reason: 'HANDLER_THREW' });
    await expect(trainer.trainEpoch()).rejects.toMatchObject({ reason: 'TRAINER_ENDED' });
  });

  it('ends with the error of a listener that throws', async () => {
    const trainer = Trainer.create(options());
    await expect(
      trainer.trainEpoch({
        onBatch: () => {
          throw new Error('listener');
        },
      }),
    ).rejects.toThrow('listener');
  });
});

describe('trainer refuses', () => {
  it.each<[string, Partial<TrainerOptions>, RegExp]>([
    [
      'an unknown optimizer',
      { optimizer: { name: 'adamax2' } },
      /unknown optimizer "adamax2"; known: adam, adamw, rmsprop, sgd/,
    ],
    [
      'a setting of the optimizer that does not exist',
      { optimizer: { name: 'adam', settings: { beta: 1 } } },
      /setting "beta" of optimizer adam is not known; known: learning_rate/,
    ],
    [
      'a setting that is out of range',
      { optimizer: { name: 'sgd', settings: { momentum: 1 } } },
      /setting "momentum" of optimizer sgd is 1; give a number of 0 or more below 1/,
    ],
    [
      'an unknown schedule',
      { schedule: { name: 'sometimes' } },
      /unknown learning-rate schedule "sometimes"/,
    ],
    ['an unknown loss', { losses: [{ loss: 'regret' }] }, /unknown loss "regret"/],
    ['no loss', { losses: [] }, /has no loss/],
    ['workers of 0', { workers: 0 }, /"workers" of the training is 0/],
    ['a batch of 0', { batchSize: 0 }, /"batch_size" of the training is 0/],
    ['no rows', { rows: new Uint32Array() }, /no row to train on/],
    ['rows beyond the data', { rows: Uint32Array.of(240) }, /has 240 rows; row 240/],
    [
      'data of another shape',
      {
        data: new Map([
          ['x', resident(new Float32Array(64), [64])],
          ['target:out', labels],
        ]),
      },
      /takes samples of \[8, 8, 1\]; the data have \[64\]/,
    ],
    [
      'missing data',
      { data: new Map([['x', pictures]]) },
      /input "target:out" of the model has no data; given: x/,
    ],
    [
      'weights of another model',
      { weights: new Map([['out/kernel', new Float32Array(3)]]) },
      /needs 36 numbers and has none/,
    ],
  ])('%s', (_, change, message) => {
    expect(() => Trainer.create(options(change))).toThrow(message);
  });

  it('a damaged checkpoint', () => {
    expect(() => decodeCheckpoint(new Uint8Array(20))).toThrow(/checkpoint is damaged/);
    const bytes = encodeCheckpoint({
      epoch: 1,
      iteration: 3,
      weights: new Map([['w', Float32Array.of(1, 2)]]),
      slots: [],
    });
    expect(decodeCheckpoint(bytes).weights.get('w')).toEqual(Float32Array.of(1, 2));
    expect(() => decodeCheckpoint(bytes.subarray(0, bytes.length - 4))).toThrow(/do not fit its header/);
  });
});
