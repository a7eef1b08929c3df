import { Inject } from '@nestjs/common';
import { splitOf } from '@noema/contracts';
import { type GetSampleRequest, type GetSampleVisualRequest, type ListSamplesRequest, SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import { Samples } from '../domain/sample.service.js';
import { sampleMessage } from './sample.mapper.js';

/** Serves noema.datasets.v1.SampleService. */
@GrpcService(SampleService)
export class SampleController implements Handlers<typeof SampleService> {
  constructor(@Inject(Samples) private readonly samples: Samples) {}

  async listSamples({ datasetVersionId, ...request }: ListSamplesRequest, { principal }: CallContext) {
    const { samples, nextPageToken, total } = await this.samples.list(principal.teamId, datasetVersionId, request);
    return { samples: samples.map(sampleMessage), nextPageToken, totalSize: total };
  }

  async getSample({ datasetVersionId, split, sampleId }: GetSampleRequest, { principal }: CallContext) {
    return { sample: sampleMessage(await this.samples.get(principal.teamId, datasetVersionId, splitOf(split), sampleId)) };
  }

  async getSampleVisual({ datasetVersionId, split, sampleId, visualizer }: GetSampleVisualRequest, { principal }: CallContext) {
    const { mediaType, bytes, sha256 } = await this.samples.visual(principal.teamId, datasetVersionId, { split: splitOf(split), sampleId, visualizer });
    return { body: { contentType: mediaType, data: bytes }, etag: sha256 };
  }

  async getVisualSheet(): Promise<never> {
    throw new DomainError('unsupported', 'NOT_BUILT', 'GetVisualSheet is declared and not built yet');
  }

  async getMeanVisual(): Promise<never> {
    throw new DomainError('unsupported', 'NOT_BUILT', 'GetMeanVisual is declared and not built yet');
  }

  async compareMetadata(): Promise<never> {
    throw new DomainError('unsupported', 'NOT_BUILT', 'CompareMetadata is declared and not built yet');
  }
}
