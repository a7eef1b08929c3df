import { type ArtifactStore, artifactKey } from '@noema/artifacts';
import { type ArtifactRef, seededRandom, type SplitName } from '@noema/kernel';
import {
  ARROW_MEDIA_TYPE,
  type MapPoints,
  type Neighbors,
  type Vectors,
  writeEvaluation,
  writeMap,
  writeNeighbors,
  writeVectors,
} from '../src/files/index.js';
import { type SampleRows, writeSampleTable } from '../src/index.js';
import type { OutputEvaluation } from '../src/rules/index.js';

export interface FakePopulationOptions {
  readonly teamId: string;
  readonly projectId: string;
  /** Names the artifacts. */
  readonly id: string;
  readonly rows?: number;
  readonly classNames?: readonly string[];
  readonly k?: number;
  readonly seed?: number;
}

/** The published data of one epoch, and their files in the store. */
export interface FakePopulation {
  readonly classNames: readonly string[];
  readonly samples: SampleRows;
  readonly evaluation: OutputEvaluation;
  readonly vectors: Vectors;
  readonly neighbors: Neighbors;
  readonly map: MapPoints;
  readonly refs: Readonly<Record<'samples' | 'evaluation' | 'vectors' | 'neighbors' | 'map', ArtifactRef>>;
}

const WIDTH = 4;

/**
 * Writes a small population whose parts agree with each other: samples of a class lie together, every seventh
 * is misclassified as the next class and has a high loss, the last tenth is unlabeled, the neighbours are
 * exact, and the map shows the first two dimensions of the vectors. The same seed gives the same population.
 */
export async function fakePopulation(
  store: ArtifactStore,
  {
    teamId,
    projectId,
    id,
    rows = 60,
    classNames = ['zero', 'one', 'two'],
    k = 5,
    seed = 1,
  }: FakePopulationOptions,
): Promise<FakePopulation> {
  const random = seededRandom(seed);
  const labeled = rows - Math.floor(rows / 10);
  const all = Array.from({ length: rows }, (_, row) => row);
  const classes = all.map((row) => row % classNames.length);
  const data = Float32Array.from(
    all.flatMap((row) =>
      Array.from({ length: WIDTH }, (_, c) => (classes[row]! % WIDTH === c ? 4 : 0) + random()),
    ),
  );
  const vectors = { data, rows, width: WIDTH };
  const samples: SampleRows = {
    splits: all.map(
      (row): SplitName => (row >= labeled ? 'unlabeled' : row % 5 === 0 ? 'validation' : 'training'),
    ),
    sampleIds: all.map((row) => `s${row}`),
    classIndexes: all.map((row) => (row < labeled ? classes[row]! : -1)),
    metadata: [
      { name: 'ink', type: 'number', values: all.map((row) => (row % 10 === 3 ? null : row / rows)) },
      { name: 'colour', type: 'string', values: all.map((row) => (row % 2 === 0 ? 'red' : 'blue')) },
    ],
  };
  const evaluation = fakeEvaluation(classes, { labeled, width: classNames.length });
  const neighbors = exactNeighbors(vectors, k);
  const map: MapPoints = {
    rows,
    dimensions: 2,
    coordinates: Float32Array.from(all.flatMap((row) => [data[row * WIDTH]!, data[row * WIDTH + 1]!])),
    clusters: Int32Array.from(classes),
    trust: new Float32Array(rows).fill(1),
    classes: Int32Array.from(samples.classIndexes),
  };
  const put = (part: string, bytes: Uint8Array, mediaType = ARROW_MEDIA_TYPE): Promise<ArtifactRef> =>
    store.put(artifactKey({ teamId, projectId, kind: 'population', id, part }), bytes, mediaType);
  return {
    classNames,
    samples,
    evaluation,
    vectors,
    neighbors,
    map,
    refs: {
      samples: await put(
        'samples.parquet',
        await writeSampleTable(samples, { classNames, shardSize: Math.ceil(rows / 2) }),
        'application/vnd.apache.parquet',
      ),
      evaluation: await put('evaluation.arrow', writeEvaluation([evaluation])),
      vectors: await put('vectors-0.arrow', writeVectors(vectors)),
      neighbors: await put('neighbors.arrow', writeNeighbors(neighbors)),
      map: await put('points.arrow', writeMap(map)),
    },
  };
}

function fakeEvaluation(
  classes: readonly number[],
  { labeled, width }: { readonly labeled: number; readonly width: number },
): OutputEvaluation {
  const predicted = classes.map((own, row) => (row % 7 === 0 ? (own + 1) % width : own));
  return {
    rows: classes.length,
    task: 'multi-class',
    width,
    hasLoss: Uint8Array.from(classes, (_, row) => Number(row < labeled)),
    loss: Float32Array.from(classes, (own, row) =>
      row >= labeled ? NaN : predicted[row] === own ? 0.1 + row / 1000 : 2 + row / 1000,
    ),
    predictedClass: Int32Array.from(predicted),
    trueClass: Int32Array.from(classes, (own, row) => (row < labeled ? own : -1)),
    correct: Uint8Array.from(classes, (own, row) => Number(row < labeled && predicted[row] === own)),
    outputs: Float32Array.from(
      predicted.flatMap((best) =>
        Array.from({ length: width }, (_, c) => (c === best ? 0.9 : 0.1 / (width - 1))),
      ),
    ),
  };
}

function exactNeighbors({ data, rows, width }: Vectors, k: number): Neighbors {
  const indices = new Int32Array(rows * k);
  const distances = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const distance = (other: number): number =>
      Math.hypot(
        ...Array.from({ length: width }, (_, c) => data[row * width + c]! - data[other * width + c]!),
      );
    const nearest = Array.from({ length: rows }, (_, other) => ({ other, distance: distance(other) }))
      .filter(({ other }) => other !== row)
      .sort((a, b) => a.distance - b.distance || a.other - b.other)
      .slice(0, k);
    indices.set(
      nearest.map(({ other }) => other),
      row * k,
    );
    distances.set(
      nearest.map((one) => one.distance),
      row * k,
    );
  }
  return { n: rows, k, indices, distances };
}
