import { timestampDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ServiceClients } from '@noema/host';

/** A run as suites of tests refer to it. */
export interface JudgedRun {
  readonly id: string;
  readonly projectId: string;
  readonly modelVersionId: string;
  readonly hasSucceeded: boolean;
  /** Last epoch. */
  readonly epoch: number;
  readonly createTime: Date;
}

/** Queries the training service for runs. */
@Injectable()
export class TrainingClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Throws `not-found` RUN_NOT_FOUND. */
  async getRun(teamId: string, runId: string): Promise<JudgedRun> {
    const run = (await this.clients.of(RunService, teamId).getRun({ runId })).run!;
    return {
      id: run.id,
      projectId: run.projectId,
      modelVersionId: run.modelVersionId,
      hasSucceeded: run.state === RunState.SUCCEEDED,
      epoch: run.epochsDone,
      createTime: timestampDate(run.createTime!),
    };
  }
}
