import { Inject } from '@nestjs/common';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import {
  type CreateRunRequest,
  type DeleteRunRequest,
  type GetRunRequest,
  type ListRunsRequest,
  type ResumeRunRequest,
  RunService as Service,
  type StopRunRequest,
  type UpdateRunRequest,
  type WatchRunRequest,
} from '@noema/contracts/noema/training/v1/run_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { jobMessage, JobStore } from '@noema/jobs';
import { parseRunRequest, progressMessage, runMessage } from './run.mapper.js';
import { RunPlanner } from './run.planner.js';
import { RunService } from './run.service.js';

/** Serves noema.training.v1.RunService. */
@GrpcService(Service)
export class RunController implements Handlers<typeof Service> {
  constructor(
    @Inject(RunService) private readonly runs: RunService,
    @Inject(RunPlanner) private readonly planner: RunPlanner,
    @Inject(JobStore) private readonly jobs: JobStore,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  async createRun(request: CreateRunRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    const plan = await this.planner.plan(teamId, parseRunRequest(request));
    return this.commands.run(ctx, request, async () => {
      const run = await this.runs.create(teamId, plan);
      return { run: runMessage(run), job: jobMessage('training', await this.jobs.get(teamId, run.jobId)) };
    });
  }

  async getRun({ runId }: GetRunRequest, { principal }: CallContext) {
    return { run: runMessage(await this.runs.get(principal.teamId, runId)) };
  }

  async listRuns(request: ListRunsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.runs.list(principal.teamId, request.projectId, request);
    return { runs: items.map(runMessage), nextPageToken };
  }

  async *watchRun({ runId }: WatchRunRequest, { principal, signal, draining }: CallContext) {
    for await (const run of this.runs.watch(principal.teamId, runId, AbortSignal.any([signal, draining]))) {
      yield { run: runMessage(run), ...(run.progress && { progress: progressMessage(run.progress) }) };
    }
  }

  async stopRun({ runId }: StopRunRequest, { principal }: CallContext) {
    return { run: runMessage(await this.runs.stop(principal.teamId, runId)) };
  }

  async resumeRun({ runId, epochs }: ResumeRunRequest, { principal }: CallContext) {
    const run = await this.runs.resume(principal.teamId, runId, epochs);
    return {
      run: runMessage(run),
      job: jobMessage('training', await this.jobs.get(principal.teamId, run.jobId)),
    };
  }

  async updateRun({ run, updateMask }: UpdateRunRequest, { principal }: CallContext) {
    const change = parseChanges(RunSchema, run, updateMask, ['displayName']);
    return { run: runMessage(await this.runs.update(principal.teamId, run?.id ?? '', change)) };
  }

  async deleteRun({ runId }: DeleteRunRequest, { principal }: CallContext) {
    await this.runs.delete(principal.teamId, runId);
    return {};
  }
}
