import { writeMatrix } from '@noema/artifacts';
import { TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { SelectionAnalysisService } from '@noema/contracts/noema/explanations/v1/selection_analysis_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { peer } from '@noema/testing';
import { syntheticPicture } from './synthetic-picture.js';

/** Analyses that succeed at once; later ones run until they are cancelled. */
const FIRST = 4;
const DIMS = [4, 4];
const MEAN = {
  ...{ id: 'mean', state: JobState.SUCCEEDED, selectedCount: 41, explainedCount: 41 },
  heatMaps: [{ id: 'loss-gradient', dims: DIMS, target: { kind: TargetKind.LOSS } }],
};

/** Heat maps of samples in memory. */
export class SyntheticAnalyses {
  private readonly states = new Map<number, JobState>();

  constructor(private readonly getRow: (sampleId: string) => number) {}

  /** Number of analyses in a state. */
  count(wanted: JobState): number {
    return [...this.states.values()].filter((state) => state === wanted).length;
  }

  cancel(jobId: string): void {
    this.states.set(Number(jobId), JobState.CANCELLED);
  }

  peers() {
    return [this.ofSamples(), this.ofSelections()];
  }

  /** A mean heat map that is ready at once. */
  private ofSelections() {
    return peer(SelectionAnalysisService, {
      createSelectionAnalysis: () => ({ selectionAnalysis: MEAN }),
      getSelectionAnalysis: () => ({ selectionAnalysis: MEAN }),
      getMeanHeatMap: () => ({
        body: {
          contentType: 'image/png',
          data: syntheticPicture(28, 28, (x, y) => Math.max(0, 255 - 3 * ((x - 14) ** 2 + (y - 10) ** 2))),
        },
      }),
    });
  }

  private ofSamples() {
    return peer(AnalysisService, {
      createAnalysis: ({ sample }) => {
        const row = this.getRow(sample!.sampleId);
        this.states.set(row, this.states.size < FIRST ? JobState.SUCCEEDED : JobState.RUNNING);
        return { analysis: this.message(row) };
      },
      getAnalysis: ({ analysisId }) => ({ analysis: this.message(Number(analysisId)) }),
      listAnalyses: () => ({ analyses: [...this.states.keys()].map((row) => this.message(row)) }),
      getHeatMapValues: () => ({
        body: {
          contentType: 'application/vnd.apache.arrow.file',
          data: writeMatrix([
            { name: 'values', data: Float32Array.from({ length: 16 }, (_, at) => at), rows: 16, dims: [] },
          ]),
        },
      }),
    });
  }

  private message(row: number) {
    return {
      id: String(row),
      jobId: String(row),
      row,
      state: this.states.get(row) ?? JobState.FAILED,
      heatMaps: [{ id: 'map', dims: DIMS }],
    };
  }
}
