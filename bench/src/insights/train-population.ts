import {
  Engine,
  initialWeights,
  MAX_BATCH_ROWS,
  residentOf,
  resident,
  type ResponsesProgram,
  responsesProgram,
  runRows,
  Trainer,
  type Weights,
} from '@noema/engine';
import type { EpochRecord, Population, Space } from '@noema/insights';
import type { SplitName } from '@noema/kernel';
import { type CompiledModel, compileLayers } from '@noema/layers';
import { nearestNeighbors, points } from '@noema/manifold';
import { fitBasis, momentsOf, type PerceptionSpace, project, type ResponseLayout } from '@noema/perception';
import { networkFor } from './networks.js';
import type { Source } from './sources/source.js';

export interface TrainingOptions {
  readonly epochs: number;
  readonly seed: number;
  /** Default: every fifth row is held out. */
  readonly splitCodes?: Uint8Array;
  /** Labels to train and evaluate with; default: the labels of the source. */
  readonly labels?: Int32Array;
  readonly batchSize?: number;
  readonly threads?: number;
  /** Default: a small network of our own for the kind of the source. */
  readonly network?: object;
}

/** A trained network: its population, and a way to place other inputs. Close it. */
export interface TrainedPopulation {
  readonly population: Population;
  readonly close: () => Promise<void>;
}

const SPLITS: readonly SplitName[] = ['training', 'validation'];
const NEIGHBORS = 20;
const DIMENSIONS = 64;

/** Trains a network on a source with our engine, and returns everything that a platform would know of it. Seeded. */
export async function trainPopulation(source: Source, options: TrainingOptions): Promise<TrainedPopulation> {
  const { epochs, seed, threads = 2 } = options;
  const labels = options.labels ?? source.labels;
  const splitCodes =
    options.splitCodes ?? Uint8Array.from({ length: source.n }, (_, row) => Number(row % 5 === 4));
  const topology = JSON.stringify(options.network ?? networkFor(source));
  const trained = compileLayers(topology, { mode: 'training' });
  const compiled = compileLayers(topology, { mode: 'inference' });
  const trainer = createTrainer(trained, source, { ...options, labels, splitCodes, threads });
  const engine = Engine.start();
  const history: EpochRecord[] = [];
  let [last, program]: [Answers | undefined, ResponsesProgram | undefined] = [undefined, undefined];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await trainer.trainEpoch();
    program = responsesProgram(compiled, trainer.weights());
    last = await answer(engine, program, source.inputs, source);
    history.push({ epoch, ...judge(last.probabilities, labels, source.classNames.length) });
  }
  await trainer.close();
  const layout = { layers: compiled.layers.map(({ name, units }) => ({ name, units })) };
  const placings = fitSpaces(last!.mean, layout);
  const spaces = placings.map(({ place, ...space }) => ({ ...space, values: place(last!.mean) }));
  const vectors = spaces[0]!;
  const { graph } = await nearestNeighbors(
    points(vectors.values, vectors.width),
    Math.min(NEIGHBORS, source.n - 1),
    { threads, seed },
  );
  const final = history.at(-1)!;
  const population: Population = {
    n: source.n,
    task: 'multi-class',
    classNames: source.classNames,
    splitCodes,
    splits: SPLITS,
    labels,
    predicted: final.predicted,
    probabilities: last!.probabilities,
    losses: final.losses,
    history,
    spaces,
    neighbors: graph,
    units: { layers: layout.layers, values: transpose(last!.mean, source.n) },
    metadata: source.metadata,
    inputs: {
      kind: source.kind,
      shape: source.shape,
      read: (rows) => Promise.resolve(readRows(source, rows)),
    },
    network: {
      place: async (key, inputs) =>
        placings.find((one) => one.key === key)!.place((await answer(engine, program!, inputs, source)).mean),
    },
  };
  return { population, close: () => engine.close() };
}

function createTrainer(
  model: CompiledModel,
  { inputs, n, shape, classNames }: Source,
  {
    labels,
    splitCodes,
    seed,
    threads,
    batchSize = 64,
  }: Required<Pick<TrainingOptions, 'labels' | 'splitCodes' | 'seed' | 'threads'>> & TrainingOptions,
): Trainer {
  const width = classNames.length;
  const truth = new Float32Array(n * width);
  for (let row = 0; row < n; row++) truth[row * width + labels[row]!] = 1;
  return Trainer.create({
    model,
    losses: [{ loss: 'categorical_crossentropy' }],
    optimizer: { name: 'adam', settings: { learning_rate: 0.001 } },
    data: new Map([
      [model.inputs[0]!.name, resident(inputs, shape)],
      [`target:${model.outputs[0]!.name}`, resident(truth, [width])],
    ]),
    rows: Uint32Array.from([...splitCodes.keys()].filter((row) => splitCodes[row] === 0)),
    batchSize,
    seed,
    workers: threads,
    weights: initialWeights(model, seed) satisfies Weights,
  });
}

interface Answers {
  readonly mean: Float32Array;
  readonly probabilities: Float32Array;
}

async function answer(
  engine: Engine,
  { program, layers, means, predictions }: ResponsesProgram,
  inputs: Float32Array,
  { shape, classNames }: Source,
): Promise<Answers> {
  const rows = inputs.length / shape.reduce((product, dim) => product * dim, 1);
  const units = layers.reduce((sum, { layer }) => sum + layer.units, 0);
  const [mean, scores] = [residentOf(rows, [units]), residentOf(rows, [classNames.length])];
  await runRows(engine, program, {
    rows,
    batchSize: MAX_BATCH_ROWS,
    feeds: new Map([[program.inputs[0]!.name, resident(inputs, shape)]]),
    into: [
      { output: means!, target: mean },
      { output: predictions[0]!, target: scores },
    ],
  });
  return { mean: mean.data, probabilities: scores.data };
}

function judge(probabilities: Float32Array, labels: Int32Array, width: number): Omit<EpochRecord, 'epoch'> {
  const n = labels.length;
  const [losses, margins] = [new Float32Array(n), new Float32Array(n)];
  const predicted = new Int32Array(n);
  for (let row = 0; row < n; row++) {
    const own = probabilities.subarray(row * width, (row + 1) * width);
    const label = labels[row]!;
    let [best, other] = [0, 0];
    for (let c = 0; c < width; c++) {
      if (own[c]! > own[best]!) best = c;
      if (c !== label) other = Math.max(other, own[c]!);
    }
    predicted[row] = best;
    losses[row] = -Math.log(Math.max(own[label]!, 1e-7));
    margins[row] = Math.log(Math.max(own[label]!, 1e-7)) - Math.log(Math.max(other, 1e-7));
  }
  return { losses, margins, predicted };
}

type Placing = Omit<Space, 'values'> & { readonly place: (responses: Float32Array) => Float32Array };

/** The perception vectors, then one space a layer, from early to late. */
function fitSpaces(mean: Float32Array, layout: ResponseLayout): Placing[] {
  const units = layout.layers.reduce((sum, layer) => sum + layer.units, 0);
  const moments = momentsOf(mean, units);
  const fit = (space: PerceptionSpace) => {
    const basis = fitBasis(moments, layout, space, { maxDimensions: DIMENSIONS, varianceKept: 0.99 });
    return (responses: Float32Array) => project(basis, responses);
  };
  const width = (place: Placing['place']): number => place(mean.subarray(0, units)).length;
  const all = fit({ kind: 'all' });
  const depths = layout.layers.map(({ name }, at) => {
    const place = fit({ kind: 'layer', layer: name });
    return {
      key: `depth-${at + 1}`,
      title: name,
      depth: layout.layers.length === 1 ? 1 : at / (layout.layers.length - 1),
      width: width(place),
      place,
    };
  });
  return [
    { key: 'vectors', title: 'All layers', depth: undefined, width: width(all), place: all },
    ...depths,
  ];
}

function transpose(mean: Float32Array, n: number): Float32Array {
  const units = mean.length / n;
  const values = new Float32Array(mean.length);
  for (let row = 0; row < n; row++)
    for (let u = 0; u < units; u++) values[u * n + row] = mean[row * units + u]!;
  return values;
}

function readRows({ inputs, n }: Source, rows: Int32Array): Float32Array {
  const size = inputs.length / n;
  const read = new Float32Array(rows.length * size);
  rows.forEach((row, to) => read.set(inputs.subarray(row * size, (row + 1) * size), to * size));
  return read;
}
