import type { Fault, JobState, SampleAddress } from '@noema/kernel';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type {
  AnalysisContents,
  AnalysisSettings,
  AnalysisSource,
  HeatMapEntry,
} from './analysis/analysis.js';
import type { RowsSource } from './population/population.js';
import type { SanityResult } from './sanity-check/sanity-check.js';
import type { SelectionSource } from './selection-analysis/selection-analysis.js';
import type { ScoreActivation } from './served-model/served-model.js';
import type { SharedAreaEntry, SimilaritySource } from './similarity-analysis/similarity-analysis.js';

type StoredMaybe<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface AnalysisTable {
  id: string;
  team_id: string;
  project_id: string;
  run_id: string;
  epoch: number;
  dataset_version_id: string;
  split: string;
  sample_id: string;
  sample_row: number;
  settings: JSONColumnType<AnalysisSettings>;
  source: JSONColumnType<AnalysisSource>;
  contents: StoredMaybe<AnalysisContents>;
  job_id: string;
  create_time: Generated<Date>;
  ready_time: Date | null;
}

export interface SimilarityAnalysisTable {
  id: string;
  team_id: string;
  project_id: string;
  activation_set_id: string;
  run_id: string | null;
  epoch: number | null;
  layer: string;
  query: JSONColumnType<SampleAddress>;
  samples: ColumnType<readonly SampleAddress[], string, string>;
  source: JSONColumnType<SimilaritySource>;
  contents: StoredMaybe<readonly SharedAreaEntry[]>;
  job_id: string;
  create_time: Generated<Date>;
  ready_time: Date | null;
}

export interface SelectionAnalysisTable {
  id: string;
  team_id: string;
  project_id: string;
  run_id: string;
  epoch: number;
  dataset_version_id: string;
  selected_count: number;
  source: JSONColumnType<SelectionSource>;
  contents: StoredMaybe<readonly HeatMapEntry[]>;
  job_id: string;
  create_time: Generated<Date>;
  ready_time: Date | null;
}

export interface SanityCheckTable {
  id: string;
  team_id: string;
  project_id: string;
  run_id: string;
  epoch: number;
  source: JSONColumnType<RowsSource>;
  contents: StoredMaybe<readonly SanityResult[]>;
  job_id: string;
  create_time: Generated<Date>;
  ready_time: Date | null;
}

export interface ServedModelTable {
  id: string;
  team_id: string;
  project_id: string;
  run_id: string;
  epoch: number;
  branch: number;
  activation: ScoreActivation;
  stream_id: string | null;
  seen_time: Generated<Date>;
  create_time: Generated<Date>;
}

export interface ModelQueryTable {
  id: string;
  team_id: string;
  run_id: string;
  epoch: number;
  query: Uint8Array;
  result: Uint8Array | null;
  stream_id: string | null;
  create_time: Generated<Date>;
}

interface Status {
  state: JobState;
  fault: Fault | null;
}

/** The tables and views of the service. */
export interface ExplanationsSchema {
  analysis: AnalysisTable;
  similarity_analysis: SimilarityAnalysisTable;
  selection_analysis: SelectionAnalysisTable;
  sanity_check: SanityCheckTable;
  served_model: ServedModelTable;
  model_query: ModelQueryTable;
  analysis_status: AnalysisTable & Status;
  similarity_analysis_status: SimilarityAnalysisTable & Status;
  selection_analysis_status: SelectionAnalysisTable & Status;
  sanity_check_status: SanityCheckTable & Status;
}
