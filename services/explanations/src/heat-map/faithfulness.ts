import {
  areaOverOrders,
  type CurveArea,
  deletionBatch,
  edgeMap,
  type FeatureMap,
  type HeatMap,
  insertionBatch,
  type PerturbationBatch,
  randomHeatMap,
  valuesByOrder,
} from '@noema/saliency';
import type { Faithfulness } from '../analysis/analysis.js';

/** Random masks that every heat map is compared with. */
const RANDOM_MASKS = 5;
const SEED = 42;

/** Differences below this share of the larger area are no differences. */
const MIN_DIFFERENCE = 0.01;

/** Whether a heat map finds what matters faster than random masks do, by each of both scores. */
export const beatsRandom = ({
  deletion,
  insertion,
  randomDeletion,
  randomInsertion,
}: Faithfulness): {
  readonly deletionBeatsRandom: boolean;
  readonly insertionBeatsRandom: boolean;
} => ({
  deletionBeatsRandom: exceeds(randomDeletion, deletion),
  insertionBeatsRandom: exceeds(insertion, randomInsertion),
});

const exceeds = (larger: number, smaller: number): boolean =>
  larger - smaller > MIN_DIFFERENCE * Math.max(larger, smaller);

/** Runs the model over inputs [rows, values]; gives outputs [rows, width]. */
export type Predict = (rows: Float32Array) => Promise<Float32Array>;
/** The score of one row of outputs, 0 to 1. */
export type ReadScore = (outputs: Float32Array, at: number) => number;

interface Curves {
  readonly fractions: Float64Array;
  /** Outputs [points, width] for each order of equally hot positions. */
  readonly outputs: readonly Float32Array[];
}

interface Pair {
  readonly deletion: Curves;
  readonly insertion: Curves;
}

/**
 * Judges heat maps of one sample by deletion and insertion; the random masks and the edges are run once for
 * all of them.
 */
export class FaithfulnessScorer {
  private readonly random = new Map<number, Promise<readonly Pair[]>>();
  private edges: Promise<Pair> | undefined;

  /**
   * `isTokens`: removed places become number 0, because neither a mean nor a blur of tokens means anything,
   * and there are no edges.
   */
  constructor(
    private readonly input: FeatureMap,
    private readonly width: number,
    private readonly predict: Predict,
    private readonly isTokens = false,
  ) {}

  /** `cells` is how fine the map is: a random mask of the same grain is the one to beat. */
  async judge(heat: HeatMap, cells: number, readScore: ReadScore): Promise<Faithfulness> {
    const own = await this.computePair(heat);
    const edges = this.isTokens ? undefined : await (this.edges ??= this.computePair(edgeMap(this.input)));
    const masks = await this.getMasks(cells);
    const mean = (of: (mask: Pair) => Curves): number =>
      masks.reduce((sum, mask) => sum + this.area(of(mask), readScore).mean, 0) / masks.length;
    const deletion = this.area(own.deletion, readScore);
    const insertion = this.area(own.insertion, readScore);
    return {
      deletion: deletion.mean,
      insertion: insertion.mean,
      deletionSpread: deletion.spread,
      insertionSpread: insertion.spread,
      orders: deletion.orders,
      randomDeletion: mean((mask) => mask.deletion),
      randomInsertion: mean((mask) => mask.insertion),
      ...(edges && {
        edgeDeletion: this.area(edges.deletion, readScore).mean,
        edgeInsertion: this.area(edges.insertion, readScore).mean,
      }),
    };
  }

  private getMasks(cells: number): Promise<readonly Pair[]> {
    const known = this.random.get(cells);
    if (known !== undefined) return known;
    const made = this.makeMasks(cells);
    this.random.set(cells, made);
    return made;
  }

  /**
   * One after another: of large pictures the inputs of all at once would take seconds to write, with the
   * thread that keeps the lease.
   */
  private async makeMasks(cells: number): Promise<readonly Pair[]> {
    const pairs: Pair[] = [];
    for (let i = 0; i < RANDOM_MASKS; i++)
      pairs.push(await this.computePair(randomHeatMap(this.input.height, this.input.width, cells, SEED + i)));
    return pairs;
  }

  private async computePair(heat: HeatMap): Promise<Pair> {
    const options = this.isTokens ? { baseline: 'zero' as const } : {};
    return {
      deletion: await this.run((order) => deletionBatch(this.input, heat, { ...options, order })),
      insertion: await this.run((order) => insertionBatch(this.input, heat, { ...options, order })),
    };
  }

  private async run(make: (order: number) => PerturbationBatch): Promise<Curves> {
    let fractions: Float64Array = new Float64Array();
    const outputs = await valuesByOrder((order) => {
      const batch = make(order);
      fractions = batch.fractions;
      return batch;
    }, this.predict);
    return { fractions, outputs };
  }

  private area({ fractions, outputs }: Curves, readScore: ReadScore): CurveArea {
    return areaOverOrders(
      fractions,
      outputs.map((rows) => Array.from(fractions, (_, point) => readScore(rows, point * this.width))),
    );
  }
}
