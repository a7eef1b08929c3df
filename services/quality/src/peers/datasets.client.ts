import { Inject, Injectable } from '@nestjs/common';
import { splitMessage } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { ServiceClients } from '@noema/host';
import type { SampleAddress } from '@noema/kernel';

/** Queries the datasets service for the subjects of issues. */
@Injectable()
export class DatasetsClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Returns the id of the project of a slice. Throws `not-found` SLICE_NOT_FOUND. */
  async projectOfSlice(teamId: string, sliceId: string): Promise<string> {
    return (await this.clients.of(SliceService, teamId).getSlice({ sliceId })).slice!.projectId;
  }

  /** Returns the id of the project of a dataset version. Throws `not-found` DATASET_VERSION_NOT_FOUND. */
  async projectOfVersion(teamId: string, datasetVersionId: string): Promise<string> {
    const { datasetVersion } = await this.clients
      .of(DatasetService, teamId)
      .getDatasetVersion({ datasetVersionId });
    return datasetVersion!.projectId;
  }

  /** Throws `not-found` SAMPLE_NOT_FOUND. */
  async samplesMustExist(
    teamId: string,
    datasetVersionId: string,
    samples: readonly SampleAddress[],
  ): Promise<void> {
    const service = this.clients.of(SampleService, teamId);
    for (const { split, sampleId } of samples)
      await service.getSample({ datasetVersionId, split: splitMessage(split), sampleId });
  }
}
