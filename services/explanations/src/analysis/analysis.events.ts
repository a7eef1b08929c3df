import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { splitMessage } from '@noema/contracts';
import { AnalysisReady, Outbox } from '@noema/events';
import type { Analysis } from './analysis.js';

/** Announces analyses through the outbox. */
@Injectable()
export class AnalysisEventPublisher {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async ready({ id, source: { projectId, runId, epoch, sample } }: Analysis, readyTime: Date): Promise<void> {
    await this.outbox.publish(AnalysisReady, {
      analysisId: id,
      projectId,
      runId,
      epoch,
      sample: { split: splitMessage(sample.split), sampleId: sample.sampleId },
      readyTime: timestampFromDate(readyTime),
    });
  }
}
