import { writeMatrix } from '@noema/artifacts';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { peer } from '@noema/testing';

/** Analyses that succeed at once; later ones run until they are cancelled. */
const FIRST = 4;
const DIMS = [4, 4];

/** Heat maps of samples in memory. */
export class SyntheticAnalyses {
  private readonly states = new Map<number, JobState>();

  constructor(private readonly rowOf: (sampleId: string) => number) {}

  /** Number of analyses in a state. */
  count(wanted: JobState): number {
    return [...this.states.values()].filter((state) => state === wanted).length;
  }

  cancel(jobId: string): void {
    this.states.set(Number(jobId), JobState.CANCELLED);
  }

  peer() {
    return peer(AnalysisService, {
      createAnalysis: ({ sample }) => {
        const row = this.rowOf(sample!.sampleId);
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
