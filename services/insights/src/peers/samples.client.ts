import { Inject, Injectable } from '@nestjs/common';
import { parseSplit } from '@noema/contracts';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { ServiceClients } from '@noema/host';
import type { SampleAddress } from '@noema/kernel';

/** Address and class of a sample. */
export interface InsightSample extends SampleAddress {
  /** −1 without a class. */
  readonly classIndex: number;
  readonly className: string;
}

/** Queries the datasets service for samples. */
@Injectable()
export class SamplesClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Returns samples by row, at most 1000. */
  async find(
    teamId: string,
    datasetVersionId: string,
    rows: readonly number[],
  ): Promise<ReadonlyMap<number, InsightSample>> {
    if (rows.length === 0) return new Map();
    const { samples } = await this.clients
      .of(SampleService, teamId)
      .listSamples({ datasetVersionId, rows: [...rows], pageSize: rows.length });
    return new Map(
      samples.map(({ row, ref, classIndex, className }) => [
        row,
        { split: parseSplit(ref!.split), sampleId: ref!.sampleId, classIndex, className },
      ]),
    );
  }
}
