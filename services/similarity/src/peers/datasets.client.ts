import { artifactRefOf } from '@noema/contracts';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import type { ServiceClients } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';

/** Asks the datasets service where the table of a version's samples is. */
export class DatasetsClient {
  constructor(private readonly clients: ServiceClients) {}

  async of(teamId: string, datasetVersionId: string): Promise<ArtifactRef> {
    const { datasetVersion } = await this.clients
      .of(DatasetService, teamId)
      .getDatasetVersion({ datasetVersionId });
    return artifactRefOf(datasetVersion?.samples, 'dataset_version.samples');
  }
}
