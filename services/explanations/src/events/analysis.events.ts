import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { splitMessage } from '@noema/contracts';
import { AnalysisReady, type Outbox } from '@noema/events';
import type { Analysis } from '../domain/analysis.js';
import type { AnalysisEvents } from '../domain/analysis.ports.js';

/** Announces analyses through the outbox. */
export class OutboxAnalysisEvents implements AnalysisEvents {
  constructor(private readonly outbox: Outbox) {}

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
