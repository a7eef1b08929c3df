import type { ArtifactStore } from '@noema/artifacts';
import { DomainError } from '@noema/kernel';
import type { Anchors } from '@noema/manifold';
import type { Datasets, SampleMatcher } from '../domain/exploration.ports.js';
import { SampleColumns } from './sample.columns.js';

/** Matches samples by the tables of two dataset versions. */
export class StoredSampleMatcher implements SampleMatcher {
  constructor(
    private readonly store: ArtifactStore,
    private readonly datasets: Datasets,
  ) {}

  async match(teamId: string, datasetVersionId: string, otherVersionId: string): Promise<Anchors> {
    const [own, other] = [
      await this.names(teamId, datasetVersionId),
      await this.names(teamId, otherVersionId),
    ];
    const rowOf = new Map(other.map((name, row) => [name, row]));
    const rows: number[] = [];
    const others: number[] = [];
    own.forEach((name, row) => {
      const there = rowOf.get(name);
      if (there === undefined) return;
      rows.push(row);
      others.push(there);
    });
    return { rows: Int32Array.from(rows), others: Int32Array.from(others) };
  }

  /** Split and id of every sample, by row. */
  private async names(teamId: string, datasetVersionId: string): Promise<string[]> {
    const samples = new SampleColumns(async () =>
      this.store.get(await this.datasets.samplesOf(teamId, datasetVersionId)),
    );
    try {
      const [split, id] = [await samples.column('split'), await samples.column('sample_id')];
      if (split.type !== 'code' || id.type !== 'text')
        throw new DomainError(
          'data-loss',
          'SAMPLES_SHAPE',
          `the table of samples of dataset version ${datasetVersionId} has no texts for split and ` +
            'sample_id; make the version again',
        );
      const decoder = new TextDecoder();
      return Array.from(split.values, (code, row) => {
        const bytes = id.bytes.subarray(id.offsets[row], id.offsets[row + 1]);
        return `${code < 0 ? '' : split.names[code]!}/${decoder.decode(bytes)}`;
      });
    } finally {
      await samples.close();
    }
  }
}
