import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { GrpcTeam } from '@noema/e2e/cluster/grpc-team';
import { ingestBlobs } from '@noema/e2e/cluster/ingest-blobs';
import type { RunningCluster, TeamMember } from '@noema/e2e/cluster/running-cluster';
import { mapsDrawn, trainBlobs } from '@noema/e2e/cluster/train-blobs';
import { DomainError, uuidv7 } from '@noema/kernel';

/** One kind of call that a team makes. */
export interface CallKind {
  readonly key: string;
  call(): Promise<unknown>;
}

/**
 * A team that has walked the whole way with small data, and the calls that it makes of everything that came
 * of it.
 */
export class LoadedTeam {
  private grpc: GrpcTeam | undefined;

  private constructor(
    private readonly cluster: RunningCluster,
    readonly member: TeamMember,
    private readonly ids: Ids,
  ) {}

  static async prepare(cluster: RunningCluster, name: string): Promise<LoadedTeam> {
    const member = cluster.team(name);
    const { rest } = member;
    const ingested = await ingestBlobs(rest, `load ${name}`);
    const run = await trainBlobs(rest, ingested, { epochs: 1 });
    await mapsDrawn(rest, ingested.projectId, run.id, 1);
    const of = async <T>(path: string): Promise<T> => (await rest.get(path)).body as T;
    const { explorations } = await of<{ explorations: { id: string; activationSetId: string }[] }>(
      `/v1/projects/${ingested.projectId}/explorations?run_id=${run.id}`,
    );
    const { datasetVersion } = await of<{ datasetVersion: { samples: { uri: string } } }>(
      `/v1/dataset-versions/${ingested.datasetVersionId}`,
    );
    return new LoadedTeam(cluster, member, {
      ...ingested,
      runId: run.id,
      explorationId: explorations[0]!.id,
      activationSetId: explorations[0]!.activationSetId,
      uri: datasetVersion.samples.uri,
    });
  }

  /** A new token for gRPC: they last a quarter of an hour. */
  async signIn(): Promise<GrpcTeam> {
    this.grpc?.close();
    return (this.grpc = await GrpcTeam.signIn(this.cluster.state(), this.member.apiKey));
  }

  /** Sets how often the team may ask a minute, 0 for no limit. */
  async allow(maxRequestsPerMinute: number): Promise<void> {
    await this.cluster.allow(this.member.name, maxRequestsPerMinute);
    await this.signIn();
  }

  close(): void {
    this.grpc?.close();
  }

  /**
   * The calls of the team, one after the other; the more often a kind stands here, the more often it is
   * called.
   */
  get mix(): readonly CallKind[] {
    const { projectId, datasetVersionId, runId, explorationId, activationSetId, uri } = this.ids;
    const grpc = this.grpc!;
    const { rest } = this.member;
    const get = (key: string, path: string): CallKind => ({
      key: `rest ${key}`,
      call: async () => {
        await drained(await rest.raw('GET', path));
      },
    });
    const [projects, runs, samples, slices, maps, artifacts] = [
      grpc.of(ProjectService),
      grpc.of(RunService),
      grpc.of(SampleService),
      grpc.of(SliceService),
      grpc.of(ExplorationService),
      grpc.of(ArtifactService, 'datasets'),
    ];
    const filter = encodeURIComponent('split = "validation"');
    return [
      { key: 'grpc get', call: () => projects.getProject({ projectId }) },
      get('get', `/v1/runs/${runId}`),
      {
        key: 'grpc list, filter',
        call: () => samples.listSamples({ datasetVersionId, filter: 'split = "validation"', pageSize: 20 }),
      },
      get('list, filter', `/v1/dataset-versions/${datasetVersionId}/samples?page_size=20&filter=${filter}`),
      { key: 'grpc get', call: () => runs.getRun({ runId }) },
      {
        key: 'grpc create, delete',
        call: async () => {
          const { slice } = await slices.createSlice({
            datasetVersionId,
            displayName: `load ${uuidv7()}`,
            selection: { rows: [0, 3, 5] },
            requestId: uuidv7(),
          });
          await slices.deleteSlice({ sliceId: slice!.id });
        },
      },
      get('picture', `/v1/dataset-versions/${datasetVersionId}/samples/validation/s480/visuals/default`),
      {
        key: 'rest update',
        call: async () => {
          await drained(
            await rest.raw('PATCH', `/v1/projects/${projectId}?update_mask=description`, {
              description: uuidv7(),
            }),
          );
        },
      },
      { key: 'grpc stream points', call: () => emptied(maps.streamPoints({ explorationId })) },
      get('columns', `/v1/explorations/${explorationId}/columns`),
      { key: 'grpc watch', call: () => emptied(runs.watchRun({ runId })) },
      get('watch', `/v1/runs/${runId}:watch`),
      {
        key: 'grpc read artifact',
        call: () => emptied(artifacts.readArtifact({ service: 'datasets', uri })),
      },
      {
        key: 'rest find similar',
        call: async () => {
          await drained(
            await rest.raw('POST', `/v1/activation-sets/${activationSetId}:findSimilar`, {
              queries: [{ split: 'SPLIT_VALIDATION', sampleId: 's480' }],
              k: 5,
            }),
          );
        },
      },
      get('get', `/v1/projects/${projectId}`),
    ];
  }
}

interface Ids {
  readonly projectId: string;
  readonly datasetVersionId: string;
  readonly runId: string;
  readonly explorationId: string;
  readonly activationSetId: string;
  readonly uri: string;
}

async function emptied(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

async function drained(response: Response): Promise<void> {
  const body = await response.text();
  if (!response.ok) throw new DomainError('unavailable', String(response.status), body.slice(0, 200));
}
