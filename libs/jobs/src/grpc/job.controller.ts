import { Inject } from '@nestjs/common';
import {
  JobService,
  type CancelJobRequest,
  type GetJobRequest,
  type ListJobLogEntriesRequest,
  type ListJobShardsRequest,
  type ListJobsRequest,
  type RetryJobRequest,
  type WatchJobRequest,
} from '@noema/contracts/noema/jobs/v1/job_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import { JobStore } from '../job-store.js';
import { fromStates, jobMessage, type JobMessage, logEntryMessage, shardMessage } from './job.mapper.js';

/** Injection token for the name of the service in `/v1/{service}/jobs`. */
export const JOB_SERVICE_NAME = Symbol('noema:job-service-name');

/** Serves noema.jobs.v1.JobService. The service provides a `JobStore` and its name. */
@GrpcService(JobService)
export class JobController implements Handlers<typeof JobService> {
  constructor(
    @Inject(JobStore) private readonly jobs: JobStore,
    @Inject(JOB_SERVICE_NAME) private readonly service: string,
  ) {}

  async getJob(request: GetJobRequest, { principal }: CallContext): Promise<{ job: JobMessage }> {
    this.check(request.service);
    return { job: jobMessage(this.service, await this.jobs.get(principal.teamId, request.jobId)) };
  }

  async listJobs(
    request: ListJobsRequest,
    { principal }: CallContext,
  ): Promise<{ jobs: JobMessage[]; nextPageToken: string }> {
    this.check(request.service);
    const { jobs, nextPageToken } = await this.jobs.list(principal.teamId, {
      ...request,
      states: fromStates(request.states),
    });
    return { jobs: jobs.map((job) => jobMessage(this.service, job)), nextPageToken };
  }

  async *watchJob(
    request: WatchJobRequest,
    { principal, signal, draining }: CallContext,
  ): AsyncIterable<{ job: JobMessage }> {
    this.check(request.service);
    const stop = AbortSignal.any([signal, draining]);
    for await (const job of this.jobs.watch(principal.teamId, request.jobId, stop))
      yield { job: jobMessage(this.service, job) };
  }

  async cancelJob(request: CancelJobRequest, { principal }: CallContext): Promise<{ job: JobMessage }> {
    this.check(request.service);
    return { job: jobMessage(this.service, await this.jobs.cancel(principal.teamId, request.jobId)) };
  }

  async retryJob(request: RetryJobRequest, { principal }: CallContext): Promise<{ job: JobMessage }> {
    this.check(request.service);
    return { job: jobMessage(this.service, await this.jobs.retry(principal.teamId, request.jobId)) };
  }

  async listJobShards({ service, jobId, ...page }: ListJobShardsRequest, { principal }: CallContext) {
    this.check(service);
    const { shards, nextPageToken } = await this.jobs.shards(principal.teamId, jobId, page);
    return { shards: shards.map(shardMessage), nextPageToken };
  }

  async listJobLogEntries({ service, jobId, ...page }: ListJobLogEntriesRequest, { principal }: CallContext) {
    this.check(service);
    const { entries, nextPageToken } = await this.jobs.log(principal.teamId, jobId, page);
    return { entries: entries.map(logEntryMessage), nextPageToken };
  }

  private check(service: string): void {
    if (service === '' || service === this.service) return;
    throw new DomainError(
      'not-found',
      'JOB_SERVICE_UNKNOWN',
      `service "${service}" does not do its jobs here; this is "${this.service}"`,
      { metadata: { service } },
    );
  }
}
