import {
  areaUnderCurve,
  deletionBatch,
  type FeatureMap,
  type HeatMap,
  type PerturbationBatch,
  randomHeatMap,
} from '@noema/saliency';
import type { DistanceGrowth } from './similarity-analysis.js';

const STEPS = 12;
/** Random masks of the same grain that a map has to beat. */
const RANDOM_MASKS = 3;
const SEED = 42;

/** The perception vectors [rows, k] of changed copies of one sample's explained input [rows, values]. */
export type ComputeVectors = (rows: Float32Array) => Promise<Float32Array>;

interface Curve {
  readonly batch: PerturbationBatch;
  readonly vectors: Float32Array;
}

/**
 * Whether what a map calls shared makes two samples alike: its hottest places are emptied first (to zeros, as
 * the map's own baseline is), and the distance to the other sample's perception vector must grow faster than
 * under random masks. Those are run once for all maps of a sample.
 */
export class SimilarityFaithfulness {
  private random: Promise<readonly Curve[]> | undefined;

  constructor(
    private readonly input: FeatureMap,
    private readonly computeVectors: ComputeVectors,
  ) {}

  /** `cells` is how fine the map is; `towards` the other sample's vector. */
  async judge(heat: HeatMap, cells: number, towards: Float32Array): Promise<DistanceGrowth> {
    this.random ??= Promise.all(
      Array.from({ length: RANDOM_MASKS }, (_, i) =>
        this.computeCurve(randomHeatMap(this.input.height, this.input.width, cells, SEED + i)),
      ),
    );
    const [own, random] = [await this.computeCurve(heat), await this.random];
    const area = ({ batch, vectors }: Curve): number => areaUnderCurve(batch, distances(vectors, towards));
    return {
      deletion: area(own),
      randomDeletion: random.reduce((sum, curve) => sum + area(curve), 0) / random.length,
    };
  }

  private async computeCurve(heat: HeatMap): Promise<Curve> {
    const batch = deletionBatch(this.input, heat, { steps: STEPS, baseline: 'zero' });
    return { batch, vectors: await this.computeVectors(batch.inputs) };
  }
}

/** Euclidean distance of each row [k] to one vector. */
function distances(rows: Float32Array, towards: Float32Array): number[] {
  const k = towards.length;
  return Array.from({ length: rows.length / k }, (_, row) =>
    Math.sqrt(towards.reduce((sum, value, i) => sum + (value - rows[row * k + i]!) ** 2, 0)),
  );
}
