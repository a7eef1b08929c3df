import type { DescService } from '@bufbuild/protobuf';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { MemberService } from '@noema/contracts/noema/workspace/v1/member_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { serviceUrl, startService, startWorker } from '@noema/host';
import { DomainError, uuidv7 } from '@noema/kernel';
import { peer, startTestbed, type Testbed } from '@noema/testing';
import { quality } from '../src/index.js';
import { KnownInsights } from './known-insights.js';
import { type KnownRun, KnownRuns } from './known-runs.js';

const missing = (what: string): never => {
  throw new DomainError('not-found', `${what}_NOT_FOUND`, `there is no such ${what.toLowerCase()}`);
};

/** The quality service, and what the services that it calls know. */
export class RunningQuality {
  readonly projectId = uuidv7();
  readonly member = uuidv7();
  /** Ids of the members of the team. */
  readonly members = new Set([this.member]);
  readonly slice = uuidv7();
  readonly datasetVersion = uuidv7();
  readonly runs = new KnownRuns(this.projectId);
  readonly insights = new KnownInsights();

  private constructor(
    readonly bed: Testbed,
    readonly teamId: string,
  ) {}

  private address = '';
  private env: Readonly<Record<string, string>> = {};

  /** Starts the service; `over` adds settings to the service and to its workers. */
  static async start(over: Readonly<Record<string, string>> = {}): Promise<RunningQuality> {
    const running = new RunningQuality(await startTestbed(), uuidv7());
    const { bed } = running;
    running.env = {
      ...bed.env,
      NOEMA_DATABASE_URL: serviceUrl(bed.adminUrl, 'quality', 'secret'),
      NOEMA_SERVICES: await bed.serve(['workspace', 'datasets', 'training', 'insights'], running.peers()),
      ...over,
    };
    running.address = bed.opened(await startService(quality, running.env)).address;
    return running;
  }

  /** Starts a worker in this process. */
  async startWorker(): Promise<void> {
    this.bed.opened(await startWorker(quality, this.env));
  }

  of<S extends DescService>(service: S, options: { teamId?: string; subject?: string; role?: 'admin' } = {}) {
    return this.bed.client(service, { address: this.address, teamId: this.teamId, ...options });
  }

  /** Adds a run whose time of creation is `minutes` from now. */
  addRun(minutes: number, over: Partial<KnownRun> = {}): string {
    return this.runs.add(minutes, over);
  }

  stop(): Promise<void> {
    return this.bed.stop();
  }

  private peers() {
    const { projectId } = this;
    return [
      peer(ProjectService, { getProject: (request) => ({ project: { id: request.projectId } }) }),
      peer(MemberService, {
        getMember: ({ memberId }) =>
          this.members.has(memberId) ? { member: { id: memberId } } : missing('MEMBER'),
      }),
      peer(SliceService, {
        getSlice: ({ sliceId }) =>
          sliceId === this.slice ? { slice: { id: sliceId, projectId } } : missing('SLICE'),
      }),
      peer(DatasetService, {
        getDatasetVersion: ({ datasetVersionId: id }) =>
          id === this.datasetVersion ? { datasetVersion: { id, projectId } } : missing('DATASET_VERSION'),
      }),
      peer(SampleService, {
        getSample: ({ sampleId }) => (sampleId.startsWith('s') ? { sample: {} } : missing('SAMPLE')),
      }),
      ...this.runs.peers(),
      ...this.insights.peers(),
    ];
  }
}
