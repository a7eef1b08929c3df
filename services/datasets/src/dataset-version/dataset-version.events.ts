import { timestampNow } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { DatasetVersionReady, Outbox } from '@noema/events';
import type { NewDatasetVersion } from './dataset-version.js';

/** Announces dataset versions through the outbox. */
@Injectable()
export class DatasetVersionEvents {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  /** Announces, in the ambient transaction, that a version became visible. */
  async ready(
    { id, content, contentDigest }: Pick<NewDatasetVersion, 'id' | 'content' | 'contentDigest'>,
    projectId: string,
  ): Promise<void> {
    await this.outbox.publish(DatasetVersionReady, {
      datasetVersionId: id,
      projectId,
      sampleCount: content.sampleCount,
      contentDigest,
      readyTime: timestampNow(),
    });
  }
}
