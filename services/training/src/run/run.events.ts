import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { artifactRefMessage } from '@noema/contracts';
import { RunState as State } from '@noema/contracts/noema/training/v1/run';
import { EpochCompleted, Outbox, RunFinished } from '@noema/events';
import type { Host } from '@noema/host';
import type { Settled } from '@noema/jobs';
import type { ArtifactRef } from '@noema/kernel';
import type { Epoch } from '../epoch/epoch.js';
import { RECORDING } from '../recording/recording.queue.js';
import { hasEnded, type Run } from './run.js';
import { RUN } from './run.queue.js';
import { RunRepository } from './run.repository.js';

const ENDED = { stopped: State.STOPPED, succeeded: State.SUCCEEDED, failed: State.FAILED } as const;

/** Announces epochs and ends of runs through the outbox. */
@Injectable()
export class RunEventPublisher {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async epochCompleted(
    { id, projectId, datasetVersionId, settings }: Run,
    epoch: Epoch,
    {
      topology,
      withoutResponses = false,
    }: {
      readonly topology: ArtifactRef;
      readonly withoutResponses?: boolean;
    },
  ): Promise<void> {
    await this.outbox.publish(EpochCompleted, {
      runId: id,
      projectId,
      datasetVersionId,
      modelVersionId: epoch.modelVersionId,
      epoch: epoch.epoch,
      last: epoch.epoch === settings.epochs,
      topology: artifactRefMessage(topology),
      weights: artifactRefMessage(epoch.weights),
      evaluation: artifactRefMessage(epoch.evaluation),
      endTime: timestampFromDate(epoch.endTime),
      layers: [...(settings.layers ?? [])],
      branch: epoch.branch ?? 0,
      branchStart: epoch.branchStart ?? 0,
      withoutResponses,
      ...(epoch.recordedResponses && { recordedResponses: artifactRefMessage(epoch.recordedResponses) }),
    });
  }

  async finished({ id, projectId, state, epochsDone, fault, endTime }: Run): Promise<void> {
    if (!hasEnded(state)) return;
    await this.outbox.publish(RunFinished, {
      runId: id,
      projectId,
      state: ENDED[state as keyof typeof ENDED],
      epochsDone,
      ...(fault && {
        fault: { reason: fault.reason, message: fault.message, metadata: { ...fault.metadata } },
      }),
      ...(endTime && { endTime: timestampFromDate(endTime) }),
    });
  }
}

/** Announces the end of a run, in the transaction that ends its job. */
export function announceEnds(host: Host): Settled {
  const runs = new RunRepository(host.database());
  const events = new RunEventPublisher(host.outbox());
  return async ({ kind, subjectId }) => {
    const run = kind === RUN || kind === RECORDING ? await runs.find(subjectId) : undefined;
    if (run !== undefined) await events.finished(run);
  };
}
