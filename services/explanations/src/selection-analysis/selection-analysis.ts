import { createHash } from 'node:crypto';
import { type ArtifactRef, type JobResource, deriveUuid } from '@noema/kernel';
import { branchKey, type HeatMapEntry } from '../analysis/analysis.js';
import type { EpochPopulation, RowsSource } from '../population/population.js';

/** Most rows of a selection that are explained; of more, these are spread evenly. */
export const MAX_EXPLAINED = 512;
/** Rows that one worker explains at a time. */
export const ROWS_PER_SHARD = 64;

/** Everything that a selection analysis is made of; `rows` are the rows to explain. */
export interface SelectionSource extends RowsSource {
  readonly selectedCount: number;
}

/** The mean heat maps of a part of the population. */
export interface SelectionAnalysis extends JobResource {
  readonly source: SelectionSource;
  readonly heatMaps: readonly HeatMapEntry[];
}

/** Contribution of one shard to the means: sums over rows [values] float32, and the number of rows. */
export interface SelectionSums {
  readonly rows: number;
  readonly gradCamRows: number;
  /** Rows of a model without gradients, whose classes are explained by occlusion. */
  readonly occlusionRows?: number;
  readonly lossRows: number;
  /** Arrow: `input` of the input's size, `grad-cam`, `occlusion` and `loss-gradient` of the map's. */
  readonly sums: ArtifactRef;
}

/**
 * The id of a selection analysis, made from run, epoch and the selected rows: asking twice for the same finds
 * the same one.
 */
export const selectionAnalysisId = (population: EpochPopulation, selected: Int32Array): string =>
  deriveUuid(
    'selection-analysis',
    population.runId,
    String(population.epoch),
    createHash('sha256').update(selected).digest('hex'),
    ...branchKey(population),
  );

/** Shards of the work on a selection. */
export const countShards = ({ rows }: SelectionSource): number => Math.ceil(rows.length / ROWS_PER_SHARD);
