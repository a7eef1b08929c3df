import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { SamplePlace } from '../sample/sample-address.state.js';

/** Why the model reads a sample so. */
export function AnalysisView(_props: { place: SamplePlace; version: DatasetVersion; evaluation: SampleEvaluation; epoch: number }) {
  return null;
}
