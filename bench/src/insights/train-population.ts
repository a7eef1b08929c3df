import { Engine, responsesProgram } from '@noema/engine';
import type { Population, Space } from '@noema/insights';
import type { SplitName } from '@noema/kernel';
import { compileLayers } from '@noema/layers';
import { nearestNeighbors, points } from '@noema/manifold';
import { fitBasis, momentsOf, type PerceptionSpace, project, type ResponseLayout } from '@noema/perception';
import type { Source } from './sources/source.js';
import { answer, fillOptions, train, type Training, type TrainingOptions } from './training.js';
import { findTraining, hashTraining, keepTraining } from './training.cache.js';

/** A trained network: its population, and a way to place other inputs. Close it. */
export interface TrainedPopulation {
  readonly population: Population;
  readonly close: () => Promise<void>;
}

const SPLITS: readonly SplitName[] = ['training', 'validation'];
const NEIGHBORS = 20;
const DIMENSIONS = 64;

/**
 * Trains a network on a source, and returns everything that a platform would know of it. Seeded. The training is
 * kept in `.noema/insight-trainings`, so that the same source and options train once.
 */
export async function trainPopulation(source: Source, given: TrainingOptions): Promise<TrainedPopulation> {
  const options = fillOptions(source, given);
  const key = hashTraining(source, options);
  let training = findTraining(key);
  if (training === undefined) {
    training = await train(source, options);
    keepTraining(key, training);
  }
  return assemble(source, options, training);
}

async function assemble(
  source: Source,
  { labels, splitCodes, seed, threads }: Required<TrainingOptions>,
  { topology, weights, mean, probabilities, history }: Training,
): Promise<TrainedPopulation> {
  const compiled = compileLayers(topology, { mode: 'inference' });
  const layout = {
    layers: compiled.layers.map(({ name, units, spatial }) => ({
      name,
      units,
      positions: spatial.reduce((product, dim) => product * dim, 1),
    })),
  };
  const placings = fitSpaces(mean, layout);
  const spaces = placings.map(({ place, ...space }) => ({ ...space, values: place(mean) }));
  const vectors = spaces[0]!;
  const { graph } = await nearestNeighbors(
    points(vectors.values, vectors.width),
    Math.min(NEIGHBORS, source.n - 1),
    { threads, seed },
  );
  const final = history.at(-1)!;
  let engine: Engine | undefined;
  const population: Population = {
    n: source.n,
    task: 'multi-class',
    classNames: source.classNames,
    splitCodes,
    splits: SPLITS,
    labels,
    predicted: final.predicted,
    probabilities,
    losses: final.losses,
    history,
    spaces,
    neighbors: graph,
    units: { layers: layout.layers, values: transpose(mean, source.n) },
    metadata: source.metadata,
    inputs: {
      kind: source.kind,
      shape: source.shape,
      read: (rows) => Promise.resolve(readRows(source, rows)),
    },
    network: {
      place: async (key, inputs) => {
        engine ??= Engine.start();
        const answers = await answer(engine, responsesProgram(compiled, weights), inputs, source);
        return placings.find((one) => one.key === key)!.place(answers.mean);
      },
    },
  };
  return { population, close: async () => engine?.close() };
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
