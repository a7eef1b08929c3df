import { Inject } from '@nestjs/common';
import { splitOf } from '@noema/contracts';
import {
  type CompareMetadataRequest,
  type GetMeanVisualRequest,
  type GetSampleRequest,
  type GetSampleVisualRequest,
  type GetVisualSheetRequest,
  type ListSamplesRequest,
  SampleService,
} from '@noema/contracts/noema/datasets/v1/sample_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Pictures } from '../visual/visual.service.js';
import { Samples } from './sample.service.js';
import type { Visual } from '../visual/visual.ports.js';
import { metadataDifferenceMessage, sampleMessage } from './sample.mapper.js';

/** Serves noema.datasets.v1.SampleService. */
@GrpcService(SampleService)
export class SampleController implements Handlers<typeof SampleService> {
  constructor(
    @Inject(Samples) private readonly samples: Samples,
    @Inject(Pictures) private readonly pictures: Pictures,
  ) {}

  async listSamples({ datasetVersionId, ...request }: ListSamplesRequest, { principal }: CallContext) {
    const { samples, nextPageToken, total } = await this.samples.list(
      principal.teamId,
      datasetVersionId,
      request,
    );
    return { samples: samples.map(sampleMessage), nextPageToken, totalSize: total };
  }

  async getSample({ datasetVersionId, split, sampleId }: GetSampleRequest, { principal }: CallContext) {
    return {
      sample: sampleMessage(
        await this.samples.get(principal.teamId, datasetVersionId, splitOf(split), sampleId),
      ),
    };
  }

  async getSampleVisual(
    { datasetVersionId, split, sampleId, visualizer }: GetSampleVisualRequest,
    { principal }: CallContext,
  ) {
    return bodyOf(
      await this.samples.visual(principal.teamId, datasetVersionId, {
        split: splitOf(split),
        sampleId,
        visualizer,
      }),
    );
  }

  async getVisualSheet(
    { datasetVersionId, visualizer, sheet, tilePixels }: GetVisualSheetRequest,
    { principal, signal }: CallContext,
  ) {
    return bodyOf(
      await this.pictures.sheet(
        principal.teamId,
        datasetVersionId,
        { visualizer, sheet, tilePixels },
        signal,
      ),
    );
  }

  async getMeanVisual(
    { datasetVersionId, visualizer, selection }: GetMeanVisualRequest,
    { principal, signal }: CallContext,
  ) {
    return bodyOf(
      await this.pictures.mean(principal.teamId, datasetVersionId, { visualizer, selection }, signal),
    );
  }

  async compareMetadata(
    { datasetVersionId, selection }: CompareMetadataRequest,
    { principal, signal }: CallContext,
  ) {
    const { columns, selected, rest } = await this.samples.compare(
      principal.teamId,
      datasetVersionId,
      selection,
      signal,
    );
    return { columns: columns.map(metadataDifferenceMessage), selectedCount: selected, restCount: rest };
  }
}

const bodyOf = ({ mediaType, bytes, sha256 }: Visual) => ({
  body: { contentType: mediaType, data: bytes },
  etag: sha256,
});
