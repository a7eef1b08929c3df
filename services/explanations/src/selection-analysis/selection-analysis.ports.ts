import type { JobResources } from '@noema/kernel';
import type { HeatMapEntry } from '../analysis/analysis.js';
import type { SelectionAnalysis } from './selection-analysis.js';

export type NewSelectionAnalysis = Pick<SelectionAnalysis, 'id' | 'source' | 'jobId'>;
export type SelectionAnalyses = JobResources<
  SelectionAnalysis,
  NewSelectionAnalysis,
  readonly HeatMapEntry[]
>;

/** Sums of one shard by name. */
export type NamedSums = Readonly<Record<string, Float64Array>>;
