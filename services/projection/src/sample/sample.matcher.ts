import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { Anchors } from '@noema/manifold';
import { DatasetCatalog, type SampleIndex } from '@noema/population';
import { openSamples } from './sample.columns.js';

/** Finds the samples that two dataset versions share, by split and id in their sample tables. */
@Injectable()
export class SampleMatcher {
  constructor(
    @Inject(ARTIFACT_STORE) readonly store: ArtifactStore,
    @Inject(DatasetCatalog) readonly datasets: DatasetCatalog,
  ) {}

  /** Returns their rows in the version and, pair by pair, in the other one. */
  async match(teamId: string, datasetVersionId: string, otherVersionId: string): Promise<Anchors> {
    const own = await this.index(teamId, datasetVersionId);
    const other = await this.index(teamId, otherVersionId);
    const rows: number[] = [];
    const others: number[] = [];
    for (let row = 0; row < own.size; row++) {
      const there = other.findRow(own.getAddress(row));
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
