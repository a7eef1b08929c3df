import { seededRandom } from '@noema/kernel';
import { runThreads, shared, threadsFor } from '@noema/threads';
import {
  balanceLayers,
  type Basis,
  type BasisOptions,
  checkMoments,
  componentsToKeep,
  droppedUnits,
  unitScales,
} from '../basis.js';
import type { ThreadedOptions } from '../in-threads.js';
import { deviations, type Moments } from '../moments.js';
import type { ImagesTask, ProductsTask, RitzTask, RitzVectorsTask, TaskName } from '../perception.tasks.js';
import { layerWeights, type PerceptionSpace } from '../perception-space.js';
import { layerColumns, type ResponseLayout } from '../response-layout.js';
import type { ColumnGroup, RitzValues, Subspaces } from './subspace.js';

/** Number of additional vectors, so that the last retained ones are as accurate as the first. */
const SPARE = 32;
/** Number of vectors for the first eigenvalue of a layer, and of passes for them. */
const LAYER_WIDTH = 8;
const LAYER_PASSES = 3;
/** Maximum number of passes for the components. It stops earlier once the residual is below the tolerance. */
const MAX_PASSES = 8;
const TOLERANCE = 0.005;

/** Yields the responses [rows, d] float32 of a population, shard by shard. Each call starts again. */
export type ResponsePasses = () => AsyncIterable<Float32Array>;

export interface PassOptions extends BasisOptions, ThreadedOptions {
  /** Seed of the initial directions. The same seed gives the same bits for any number of threads. */
  readonly seed?: number;
}

const SCRIPT = new URL('../perception.worker.js', import.meta.url);

/**
 * `fitBasis` for more units than a covariance is built for, by randomised block subspace iteration (Halko,
 * Martinsson & Tropp 2011): passes over the stored responses, in memory of 16 · d · (dimensions + 32) bytes
 * and one shard. Layers are balanced by the first eigenvalue of their correlation, which is found in the same
 * way. Returns the eigenvalues of all layers too, of which `LayerView` needs the ones that the space leaves
 * out. Throws as `fitBasis`, and `cancelled`.
 */
export async function fitBasisByPasses(
  passes: ResponsePasses,
  moments: Moments,
  layout: ResponseLayout,
  space: PerceptionSpace = { kind: 'all' },
  options: PassOptions = {},
): Promise<{ readonly basis: Basis; readonly firstEigenvalues: readonly number[] }> {
  checkMoments(moments, layout);
  const weights = layerWeights(space, layout);
  const scales = unitScales(moments);
  const { maxDimensions = 64, varianceKept = 0.99, seed = 0 } = options;
  const search = new Search(passes, moments, options);
  const d = scales.length;
  const firstEigenvalues =
    moments.firstEigenvalues ??
    (
      await search.run(
        scales,
        layerColumns(layout).map(({ offset, units }) => ({ from: offset, to: offset + units })),
        {
          width: LAYER_WIDTH,
          seed,
          isDone: (_, pass) => pass === LAYER_PASSES,
        },
      )
    ).ritz.map(({ values }) => Math.max(values[0]!, 0));
  const scale = balanceLayers(scales, layout, { weights, firstEigenvalues });
  const deviation = deviations(moments);
  const whole: ColumnGroup = { from: 0, to: d };
  const totalVariance = scale.reduce((sum, factor, j) => sum + (factor * deviation[j]!) ** 2, 0);
  const keep = ({ values }: RitzValues): number =>
    componentsToKeep(values, maxDimensions, varianceKept, totalVariance);
  const found = await search.run(scale, [whole], {
    width: Math.min(maxDimensions + SPARE, d),
    seed: seed + 1,
    isDone: ([ritz], pass) =>
      pass === MAX_PASSES || (pass > 1 && computeResidual(ritz!, keep(ritz!)) <= TOLERANCE),
  });
  const ritz = found.ritz[0]!;
  const k = keep(ritz);
  const components = k === 0 ? new Float64Array(d) : await search.vectors(found.blocks, whole, ritz, k);
  const basis: Basis = {
    layout,
    space,
    count: moments.count,
    mean: moments.mean,
    scale,
    components,
    explained: k === 0 ? new Float64Array(1) : ritz.values.slice(0, k),
    totalVariance,
    dropped: droppedUnits(scales, layout),
    firstEigenvalues: firstEigenvalues.map((value, i) => (weights[i] === 0 ? 0 : value)),
    method: 'randomized',
    residual: computeResidual(ritz, k),
  };
  return { basis, firstEigenvalues };
}

/**
 * Returns the basis of the space `all` without components, whose scales a `LayerView` needs, from moments
 * with the first eigenvalues of their layers.
 */
export function scalesOfAll(moments: Moments, layout: ResponseLayout): Basis {
  const scales = unitScales(moments);
  const firstEigenvalues = moments.firstEigenvalues!;
  const scale = balanceLayers(scales, layout, { weights: layout.layers.map(() => 1), firstEigenvalues });
  return {
    layout,
    space: { kind: 'all' },
    count: moments.count,
    mean: moments.mean,
    scale,
    components: new Float64Array(scale.length),
    explained: new Float64Array(1),
    totalVariance: 0,
    dropped: droppedUnits(scales, layout),
    firstEigenvalues,
    method: 'randomized',
    residual: 1,
  };
}

/** Returns ‖C·V − V·Λ‖ / ‖Λ‖ of the first `count` pairs. */
function computeResidual({ values, residuals }: RitzValues, count: number): number {
  const square = (all: Float64Array): number =>
    all.subarray(0, count).reduce((sum, value) => sum + value * value, 0);
  return count === 0 ? 0 : Math.sqrt(square(residuals) / square(values));
}

interface Followed {
  readonly width: number;
  readonly seed: number;
  readonly isDone: (ritz: readonly RitzValues[], pass: number) => boolean;
}

/** Block subspace iteration over the passes, in threads. */
class Search {
  private readonly mean: Float64Array;

  constructor(
    private readonly passes: ResponsePasses,
    private readonly moments: Moments,
    private readonly options: ThreadedOptions,
  ) {
    this.mean = shared(moments.mean);
  }

  /** Iterates a block of each group until it converges. The returned blocks belong to the Ritz values. */
  async run(
    factors: Float64Array,
    groups: readonly ColumnGroup[],
    { width, seed, isDone }: Followed,
  ): Promise<{ blocks: Subspaces; ritz: RitzValues[] }> {
    const scale = shared(factors);
    const room = (): Subspaces => ({
      groups,
      width,
      values: new Float64Array(new SharedArrayBuffer(8 * scale.length * width)),
    });
    let blocks = room();
    let products = room();
    const random = seededRandom(seed);
    for (let j = 0; j < scale.length; j++)
      for (let c = 0; c < width; c++) blocks.values[j * width + c] = scale[j] === 0 ? 0 : 2 * random() - 1;
    await this.inThread('orthonormalise', blocks);
    for (let pass = 1; ; pass++) {
      products.values.fill(0);
      for await (const rows of this.passes()) await this.add(shared(rows), scale, blocks, products);
      for (let i = 0; i < products.values.length; i++) products.values[i]! /= this.moments.count;
      const ritz = await this.inThread<RitzValues[]>('ritzValues', { blocks, products } satisfies RitzTask);
      if (isDone(ritz, pass)) return { blocks, ritz };
      [blocks, products] = [products, blocks];
      await this.inThread('orthonormalise', blocks);
    }
  }

  vectors(blocks: Subspaces, group: ColumnGroup, ritz: RitzValues, count: number): Promise<Float64Array> {
    return this.inThread('ritzVectors', { blocks, group, ritz, count } satisfies RitzVectorsTask);
  }

  private async add(
    rows: Float32Array,
    scale: Float64Array,
    blocks: Subspaces,
    products: Subspaces,
  ): Promise<void> {
    const d = scale.length;
    const n = rows.length / d;
    const images = new Float64Array(new SharedArrayBuffer(8 * n * blocks.groups.length * blocks.width));
    const of = { rows, mean: this.mean, scale };
    await this.inParts('images', n, (range): ImagesTask => ({ of, blocks, images, range }));
    await this.inParts('products', d, (range): ProductsTask => ({ of, products, images, range }));
  }

  private inParts(name: TaskName, size: number, task: (range: ColumnGroup) => unknown): Promise<unknown> {
    const parts = threadsFor(this.options.threads, size);
    const tasks = Array.from({ length: parts }, (_, part) =>
      task({ from: Math.floor((size * part) / parts), to: Math.floor((size * (part + 1)) / parts) }),
    );
    return runThreads({ script: SCRIPT, name, tasks, signal: this.options.signal });
  }

  private async inThread<T>(name: TaskName, data: unknown): Promise<T> {
    const [made] = await runThreads<T>({ script: SCRIPT, name, tasks: [data], signal: this.options.signal });
    return made!;
  }
}
