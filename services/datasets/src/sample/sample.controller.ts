import { Inject } from '@nestjs/common';
import { parseSplit } from '@noema/contracts';
import {
  type CompareMetadataRequest,
  type GetMeanVisualRequest,
  type GetSampleRequest,
  type GetSampleVisualRequest,
  type GetVisualSheetRequest,
  type ListSamplesRequest,
  SampleService as Service,
} from '@noema/contracts/noema/datasets/v1/sample_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import type { Visual } from '../visual/visual.js';
import { VisualService } from '../visual/visual.service.js';
import { metadataDifferenceMessage, sampleMessage } from './sample.mapper.js';
import { SampleService } from './sample.service.js';

/** Serves noema.datasets.v1.SampleService. */
@GrpcService(Service)
export class SampleController implements Handlers<typeof Service> {
  constructor(
    @Inject(SampleService) private readonly samples: SampleService,
    @Inject(VisualService) private readonly visuals: VisualService,
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
        await this.samples.get(principal.teamId, datasetVersionId, parseSplit(split), sampleId),
      ),
    };
  }

  async getSampleVisual(
    { datasetVersionId, split, sampleId, visualizer }: GetSampleVisualRequest,
    { principal }: CallContext,
  ) {
    return toBody(
      await this.samples.visual(principal.teamId, datasetVersionId, {
        split: parseSplit(split),
        sampleId,
        visualizer,
      }),
    );
  }

  async getVisualSheet(
    { datasetVersionId, visualizer, sheet, tilePixels }: GetVisualSheetRequest,
    { principal, signal }: CallContext,
  ) {
    return toBody(
      await this.visuals.sheet(principal.teamId, datasetVersionId, { visualizer, sheet, tilePixels }, signal),
    );
  }

  async getMeanVisual(
    { datasetVersionId, visualizer, selection }: GetMeanVisualRequest,
    { principal, signal }: CallContext,
  ) {
    return toBody(
      await this.visuals.mean(principal.teamId, datasetVersionId, { visualizer, selection }, signal),
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

const toBody = ({ mediaType, bytes, sha256 }: Visual) => ({
  body: { contentType: mediaType, data: bytes },
  etag: sha256,
});
