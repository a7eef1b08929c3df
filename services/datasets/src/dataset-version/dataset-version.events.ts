import { timestampNow } from '@bufbuild/protobuf/wkt';
import { DatasetVersionReady, type Outbox } from '@noema/events';
import type { DatasetEvents, NewDatasetVersion } from './dataset-version.ports.js';

/** Announcements of this service, through its outbox. */
export class OutboxDatasetEvents implements DatasetEvents {
  constructor(private readonly outbox: Outbox) {}

  async ready({
    id,
    projectId,
    content,
    contentDigest,
  }: NewDatasetVersion & { readonly projectId: string }): Promise<void> {
    await this.outbox.publish(DatasetVersionReady, {
      datasetVersionId: id,
      projectId,
      sampleCount: content.sampleCount,
      contentDigest,
      readyTime: timestampNow(),
    });
  }
}
