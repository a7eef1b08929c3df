import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { jobIsOpen } from '../../parts/states.js';

/** Most samples whose positions one view computes. */
export const MAX_UNIT_MAPS = 8;

/** Address of the map of a unit's response at each position of the sample. */
export const unitMapUrl = (analysisId: string, layer: string, unit: number): string =>
  `/v1/analyses/${analysisId}/layers/${encodeURIComponent(layer)}/units/${unit}/feature-map`;

/** Filter of analyses over the rows of an epoch. */
export const analysesFilter = (epoch: number, rows: readonly number[]): string =>
  `epoch = ${epoch} AND (${rows.map((row) => `row = ${row}`).join(' OR ')})`;

/** The analysis of each row with maps of all units: one that succeeded, else one that runs, else one that failed. */
export function analysesByRow(analyses: readonly Analysis[]): Map<number, Analysis> {
  const rank = ({ state }: Analysis): number => (state === JobState.SUCCEEDED ? 2 : jobIsOpen(state) ? 1 : 0);
  const best = new Map<number, Analysis>();
  for (const analysis of analyses) {
    const other = best.get(analysis.row);
    if (other === undefined || rank(analysis) > rank(other)) best.set(analysis.row, analysis);
  }
  return best;
}
