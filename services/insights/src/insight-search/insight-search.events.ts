import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { InsightSearchReady, Outbox } from '@noema/events';
import type { InsightSearch } from './insight-search.js';

/** Announces searches through the outbox. */
@Injectable()
export class InsightSearchEvents {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async ready({ id, source }: InsightSearch, readyTime: Date): Promise<void> {
    const { projectId, runId, epoch } = source;
    await this.outbox.publish(InsightSearchReady, {
      ...{ insightSearchId: id, projectId, runId, epoch },
      readyTime: timestampFromDate(readyTime),
    });
  }
}
