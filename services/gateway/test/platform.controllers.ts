import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { apiKeyInvalid, type Role } from '@noema/auth';
import {
  SampleService,
  type GetSampleRequest,
  type GetSampleVisualRequest,
  type GetSampleVisualResponseSchema,
} from '@noema/contracts/noema/datasets/v1/sample_service';
import { JobState, JobSchema, type Job } from '@noema/contracts/noema/jobs/v1/job';
import { JobService, type GetJobRequest } from '@noema/contracts/noema/jobs/v1/job_service';
import {
  ExplorationService,
  type StreamPointColumnsRequest,
  type StreamPointsRequest,
} from '@noema/contracts/noema/projection/v1/exploration_service';
import {
  type GetTestBadgeRequest,
  TestResultService,
} from '@noema/contracts/noema/quality/v1/test_result_service';
import {
  type ExchangeIdentityRequest,
  IdentityService,
  type SignInIdentityRequest,
} from '@noema/contracts/noema/workspace/v1/identity_service';
import { Role as MemberRole } from '@noema/contracts/noema/workspace/v1/member';
import {
  ProjectService,
  type CreateProjectRequest,
  type GetProjectRequest,
  type UpdateProjectRequest,
} from '@noema/contracts/noema/workspace/v1/project_service';
import {
  type EndSessionRequest,
  TokenService,
  type ExchangeApiKeyRequest,
} from '@noema/contracts/noema/workspace/v1/token_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { DomainError, deriveUuid } from '@noema/kernel';

const notHere = (): never => {
  throw new DomainError('unsupported', 'NOT_IN_TEST', 'the tests do not need this');
};

@GrpcService(TokenService)
export class TokenController implements Handlers<typeof TokenService> {
  exchanged = 0;
  lifetimeS = 600;
  revoked = new Set<string>();
  ended = new Set<string>();
  /** While it is set, no session can be ended. */
  endFault: DomainError | undefined;
  constructor(private readonly signToken: (role: Role, lifetimeS?: number) => Promise<string>) {}

  async exchangeApiKey({ apiKey, sessionId }: ExchangeApiKeyRequest) {
    this.exchanged++;
    if (this.ended.has(sessionId))
      throw new DomainError('unauthenticated', 'SESSION_INVALID', 'the session has ended');
    if (!apiKey.startsWith('noema_good') || this.revoked.has(apiKey)) throw apiKeyInvalid();
    return {
      accessToken: await this.signToken('editor', this.lifetimeS),
      expireTime: timestampFromDate(new Date(Date.now() + this.lifetimeS * 1000)),
    };
  }

  endSession({ sessionId }: EndSessionRequest) {
    if (this.endFault !== undefined) throw this.endFault;
    this.ended.add(sessionId);
    return {};
  }

  getSelf(_: unknown, { principal }: CallContext) {
    return { subject: principal.subject, role: MemberRole.EDITOR };
  }
}

/** Knows whom admins have added, by address, and binds them as the workspace service does. */
@GrpcService(IdentityService)
export class IdentityController implements Handlers<typeof IdentityService> {
  /** Names of teams by address. */
  invited: Record<string, string[]> = {};
  removed = new Set<string>();
  lifetimeS = 600;
  calls: (CallContext['principal'] & { readonly verifiedEmail?: string })[] = [];
  private readonly bound = new Map<string, string[]>();
  constructor(
    private readonly signToken: (role: Role, lifetimeS?: number) => Promise<string>,
    private readonly sessions: TokenController,
  ) {}

  signInIdentity({ subject, verifiedEmail }: SignInIdentityRequest, { principal }: CallContext) {
    this.calls.push({ ...principal, verifiedEmail });
    const teams = this.bound.get(subject) ?? this.invited[verifiedEmail] ?? [];
    if (teams.length > 0) this.bound.set(subject, teams);
    return {
      memberships: teams.map((name) => ({
        teamId: deriveTeam(name),
        teamDisplayName: name,
        memberId: subject,
        role: MemberRole.EDITOR,
      })),
    };
  }

  async exchangeIdentity({ subject, sessionId }: ExchangeIdentityRequest, { principal }: CallContext) {
    if (this.sessions.ended.has(sessionId))
      throw new DomainError('unauthenticated', 'SESSION_INVALID', 'the session has ended');
    this.calls.push(principal);
    if (this.removed.has(subject)) throw new DomainError('unauthenticated', 'IDENTITY_UNKNOWN', 'no member');
    return {
      accessToken: await this.signToken('editor'),
      expireTime: timestampFromDate(new Date(Date.now() + this.lifetimeS * 1000)),
      teamId: principal.teamId,
    };
  }
}

/** The id of a team of that name. */
export const deriveTeam = (name: string): string => deriveUuid('team', name);

@GrpcService(ProjectService)
export class ProjectController implements Handlers<typeof ProjectService> {
  calls: CallContext[] = [];
  onGet: (request: GetProjectRequest, ctx: CallContext) => Promise<unknown> = async () => undefined;

  createProject({ displayName }: CreateProjectRequest) {
    return { project: { id: 'p', displayName } };
  }

  async getProject(request: GetProjectRequest, ctx: CallContext) {
    this.calls.push(ctx);
    await this.onGet(request, ctx);
    return { project: { id: request.projectId } };
  }

  updateProject({ project, updateMask }: UpdateProjectRequest) {
    return {
      project: {
        id: project?.id ?? '',
        displayName: project?.displayName ?? '',
        description: updateMask?.paths.join() ?? '',
      },
    };
  }

  onList: (ctx: CallContext) => Promise<unknown> = async () => undefined;

  async listProjects(_: unknown, ctx: CallContext) {
    await this.onList(ctx);
    return { projects: [] };
  }

  deleteProject = notHere;
}

@GrpcService(JobService)
export class JobController implements Handlers<typeof JobService> {
  watchers = 0;
  /** States that Watch sends; it stays open after them until `end`. */
  states: JobState[] = [JobState.RUNNING];
  private readonly waiting = new Set<() => void>();

  getJob({ service, jobId }: GetJobRequest) {
    return { job: { id: jobId, service, state: JobState.SUCCEEDED } };
  }

  async *watchJob(
    { jobId }: { jobId: string },
    { signal, draining }: CallContext,
  ): AsyncIterable<{ job: Job }> {
    if (jobId === 'unknown') throw new DomainError('not-found', 'JOB_NOT_FOUND', 'no job unknown');
    this.watchers++;
    try {
      for (const state of this.states) yield { job: create(JobSchema, { id: jobId, state }) };
      if (this.states.at(-1) === JobState.SUCCEEDED) return;
      if (this.states.at(-1) === JobState.FAILED)
        throw new DomainError('unavailable', 'WORKER_LOST', 'the worker is away');
      await new Promise<void>((resolve) => {
        this.waiting.add(resolve);
        for (const end of [signal, draining])
          end.addEventListener('abort', () => {
            resolve();
          });
      });
    } finally {
      this.watchers--;
    }
  }

  listJobs = notHere;
  cancelJob = notHere;
  retryJob = notHere;
  listJobShards = notHere;
  listJobLogEntries = notHere;
}

@GrpcService(SampleService)
export class SampleController implements Handlers<typeof SampleService> {
  getSampleVisual({
    sampleId,
  }: GetSampleVisualRequest): MessageInitShape<typeof GetSampleVisualResponseSchema> {
    return {
      body: { contentType: 'image/png', data: new TextEncoder().encode(`png of ${sampleId}`) },
      etag: `tag-${sampleId}`,
    };
  }

  getSample({ split, sampleId }: GetSampleRequest) {
    return { sample: { ref: { split, sampleId }, row: 7, metadata: { ink: 0.5 } } };
  }

  listSamples = notHere;
  getVisualSheet = notHere;

  getMeanVisual() {
    return { body: { contentType: 'image/png', data: new TextEncoder().encode('mean') }, etag: 'mean' };
  }

  compareMetadata = notHere;
}

@GrpcService(TestResultService)
export class TestResultController implements Handlers<typeof TestResultService> {
  badge = 'red';

  getTestBadge({ projectId }: GetTestBadgeRequest) {
    const data = new TextEncoder().encode(`${this.badge} badge of ${projectId}`);
    return { body: { contentType: 'image/svg+xml', data } };
  }

  saveTestResults = notHere;
  getTestResult = notHere;
  listTestResults = notHere;
  countTestResults = notHere;
}

/** Streams far more than fits into the buffers of the way. */
@GrpcService(ExplorationService)
export class PointController implements Handlers<typeof ExplorationService> {
  chunks = 5;
  made = 0;
  open = 0;

  async *streamPoints({ chunkSize }: StreamPointsRequest) {
    this.open++;
    try {
      for (let i = 0; i < this.chunks; i++) {
        this.made++;
        yield { chunk: { firstRow: i * 10, pointCount: 10, x: new Uint8Array(chunkSize) } };
      }
    } finally {
      this.open--;
    }
  }

  createExploration = notHere;
  projectExploration = notHere;
  getExploration = notHere;
  listExplorations = notHere;
  deleteExploration = notHere;

  /**
   * Sends pieces of as many bytes as the request names points, each filled with its number; fails after them
   * on request.
   */
  async *streamPointColumns({ explorationId, batchSize }: StreamPointColumnsRequest) {
    if (explorationId === 'unknown')
      throw new DomainError('not-found', 'EXPLORATION_NOT_FOUND', 'no exploration unknown');
    this.open++;
    try {
      for (let i = 0; i < this.chunks; i++) {
        this.made++;
        yield {
          body: {
            contentType: i === 0 ? 'application/vnd.apache.arrow.stream' : '',
            data: new Uint8Array(batchSize).fill(i),
          },
        };
      }
      if (explorationId === 'breaking')
        throw new DomainError('data-loss', 'ARTIFACT_DAMAGED', 'the file is damaged');
    } finally {
      this.open--;
    }
  }
}
