import type { ArtifactStore } from '@noema/artifacts';
import type { Anchors } from '@noema/manifold';
import type { SampleIndex } from '@noema/population';
import type { Datasets, SampleMatcher } from '../domain/exploration.ports.js';
import { openSamples } from './sample.columns.js';

/** Matches samples by the tables of two dataset versions. */
export class StoredSampleMatcher implements SampleMatcher {
  constructor(
    readonly store: ArtifactStore,
    readonly datasets: Datasets,
  ) {}

  async match(teamId: string, datasetVersionId: string, otherVersionId: string): Promise<Anchors> {
    const own = await this.index(teamId, datasetVersionId);
    const other = await this.index(teamId, otherVersionId);
    const rows: number[] = [];
    const others: number[] = [];
    for (let row = 0; row < own.size; row++) {
      const there = other.findRow(own.addressOf(row));
      if (there === undefined) continue;
      rows.push(row);
      others.push(there);
    }
    return { rows: Int32Array.from(rows), others: Int32Array.from(others) };
  }

  private async index(teamId: string, datasetVersionId: string): Promise<SampleIndex> {
    const table = await openSamples(this, teamId, datasetVersionId);
    try {
      return await table.index();
    } finally {
      await table.close();
    }
  }
}
