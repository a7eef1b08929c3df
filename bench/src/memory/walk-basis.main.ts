import { compileLayers } from '@noema/layers';
import { Engine, resident, toResident, responsesProgram, runRows, Trainer } from '@noema/engine';
import { model as topology } from '@noema/example-mnist';
import {
  countDimensions,
  fitBasisByPasses,
  fitBasisInThread,
  mergeInOrder,
  computeMoments,
  project,
  type ResponseLayout,
} from '@noema/perception';
import { digits } from '../digits.js';

/*
 * How near the basis that is searched in passes comes to the exact one, on the walk: the digits' CNN after
 * some epochs, its responses, and vectors by both ways. Prints label agreement of the 10 nearest neighbours
 * and the rank correlation of distances. `node bench/dist/src/memory/walk-basis.main.js [epochs]`
 */
const { n, images, labels } = digits();
const epochs = Number(process.argv[2] ?? 3);
const trainingRows = 8000;
const [training, inference] = [
  compileLayers(topology, { mode: 'training' }),
  compileLayers(topology, { mode: 'inference' }),
];
const data = new Map([
  ['image', resident(images, [28, 28, 1])],
  ['target:digit', toResident(n, [10])],
]);
labels.forEach((label, row) => {
  data.get('target:digit')!.data[row * 10 + label] = 1;
});
const trainer = Trainer.create({
  model: training,
  losses: [{ loss: 'categorical_crossentropy' }],
  optimizer: { name: 'adam', settings: { learning_rate: 0.001 } },
  data,
  rows: Uint32Array.from({ length: trainingRows }, (_, row) => row),
  batchSize: 64,
  seed: 7,
  workers: 2,
});
for (let epoch = 0; epoch < epochs; epoch++)
  console.log(`epoch ${epoch + 1}: loss ${(await trainer.trainEpoch()).loss.toFixed(4)}`);
const weights = trainer.weights();
const engine = Engine.start({ threads: 2 });
await trainer.close();

const { program, layers, means } = responsesProgram(inference, weights, [], engine);
const d = layers.reduce((sum, { layer }) => sum + layer.units, 0);
const responses = toResident(n, [d]);
await runRows(engine, program, {
  rows: n,
  batchSize: 64,
  feeds: new Map([['image', data.get('image')!]]),
  into: [{ output: means!, target: responses }],
});
await engine.close();

const layout: ResponseLayout = { layers: layers.map(({ layer: { name, units } }) => ({ name, units })) };
const shards: Float32Array[] = [];
for (let from = 0; from < n; from += 2048)
  shards.push(responses.data.subarray(from * d, Math.min(n, from + 2048) * d));
const exact = await fitBasisInThread(computeMoments(responses.data, d), layout);
let passes = 0;
const { basis: searched } = await fitBasisByPasses(
  () =>
    (async function* () {
      passes++;
      yield* shards;
      await Promise.resolve();
    })(),
  mergeInOrder(shards.map((shard) => computeMoments(shard, d, 0))),
  layout,
);

const computeVectors = (basis: typeof exact): Float32Array => project(basis, responses.data);
const [a, b] = [computeVectors(exact), computeVectors(searched)];

/** Share of the ten nearest neighbours of some rows that have the row's label. */
function agreement(vectors: Float32Array, k: number): number {
  let same = 0;
  for (let query = 0; query < n; query += 10) {
    const order = squares(vectors, k, query)
      .map((square, row) => [square, row] as const)
      .sort(([x], [y]) => x - y);
    for (const [, row] of order.slice(1, 11)) if (labels[row] === labels[query]) same++;
  }
  return same / n; // a tenth of the rows, ten neighbours each
}

const squares = (vectors: Float32Array, k: number, query: number): number[] =>
  Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let c = 0; c < k; c++) sum += (vectors[query * k + c]! - vectors[row * k + c]!) ** 2;
    return sum;
  });

/** Spearman's rank correlation of the distances of some pairs. */
function rankCorrelation(): number {
  const pairs = [0, 1].map((side) =>
    Array.from({ length: 20 }, (_, i) =>
      squares(side === 0 ? a : b, countDimensions(side === 0 ? exact : searched), i * 457),
    ).flat(),
  );
  const ranks = pairs.map((values) => {
    const rank = new Float64Array(values.length);
    values
      .map((value, i) => [value, i] as const)
      .sort(([x], [y]) => x - y)
      .forEach(([, i], at) => {
        rank[i] = at;
      });
    return rank;
  });
  const m = ranks[0]!.length;
  const squareSum = ranks[0]!.reduce((sum, rank, i) => sum + (rank - ranks[1]![i]!) ** 2, 0);
  return 1 - (6 * squareSum) / (m * (m * m - 1));
}

console.table({
  exact: {
    dimensions: countDimensions(exact),
    residual: exact.residual,
    'label agreement': agreement(a, countDimensions(exact)),
  },
  searched: {
    dimensions: countDimensions(searched),
    residual: searched.residual,
    'label agreement': agreement(b, countDimensions(searched)),
  },
});
console.log(
  `${passes} passes over ${n} rows of ${d} units; rank correlation of distances ` +
    `${rankCorrelation().toFixed(6)}`,
);
