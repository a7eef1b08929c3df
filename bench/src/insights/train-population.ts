import type { Population, Space } from '@noema/insights';
import type { SplitName } from '@noema/kernel';
import { compileLayers } from '@noema/layers';
import { nearestNeighbors, points } from '@noema/manifold';
import {
  fitBasis,
  computeMoments,
  type PerceptionSpace,
  project,
  type ResponseLayout,
} from '@noema/perception';
import type { Source } from './sources/source.js';
import { fillOptions, train, type Training, type TrainingOptions } from './training.js';
import { findTraining, hashTraining, keepTraining } from './training.cache.js';

const SPLITS: readonly SplitName[] = ['training', 'validation'];
const NEIGHBORS = 20;
const DIMENSIONS = 64;

/**
 * Trains a network on a source, and returns everything that a platform would know of it. Seeded. The training is
 * kept in `.noema/insight-trainings`, so that the same source and options train once.
 */
export async function trainPopulation(source: Source, given: TrainingOptions): Promise<Population> {
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
  { topology, mean, probabilities, history }: Training,
): Promise<Population> {
  const compiled = compileLayers(topology, { mode: 'inference' });
  const layout = {
    layers: compiled.layers.map(({ name, units, spatial }) => ({
      name,
      units,
      positions: spatial.reduce((product, dim) => product * dim, 1),
    })),
  };
  const spaces = placeSamples(mean, layout);
  const vectors = spaces[0]!;
  const { graph } = await nearestNeighbors(
    points(vectors.values, vectors.width),
    Math.min(NEIGHBORS, source.n - 1),
    { threads, seed },
  );
  const final = history.at(-1)!;
  return {
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
  };
}

/** The perception vectors, then one space a layer, from early to late. */
function placeSamples(mean: Float32Array, layout: ResponseLayout): Space[] {
  const units = layout.layers.reduce((sum, layer) => sum + layer.units, 0);
  const n = mean.length / units;
  const moments = computeMoments(mean, units);
  const place = (space: PerceptionSpace): Pick<Space, 'values' | 'width'> => {
    const basis = fitBasis(moments, layout, space, { maxDimensions: DIMENSIONS, varianceKept: 0.99 });
    const values = project(basis, mean);
    return { values, width: values.length / n };
  };
  const depths = layout.layers.map(({ name }, at) => ({
    key: `depth-${at + 1}`,
    title: name,
    depth: layout.layers.length === 1 ? 1 : at / (layout.layers.length - 1),
    ...place({ kind: 'layer', layer: name }),
  }));
  return [{ key: 'vectors', title: 'All layers', depth: undefined, ...place({ kind: 'all' }) }, ...depths];
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
