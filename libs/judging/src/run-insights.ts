import type { MessageInitShape } from '@bufbuild/protobuf';
import type { GetSampleRequestSchema } from '@noema/contracts/noema/datasets/v1/sample_service';
import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import type { InsightSearch } from '@noema/contracts/noema/insights/v1/insight_search';
import type {
  ListInsightSearchesRequestSchema,
  ListInsightSearchesResponse,
} from '@noema/contracts/noema/insights/v1/insight_search_service';
import type {
  GetInsightAuditRequestSchema,
  GetInsightAuditResponse,
  GetInsightRequestSchema,
  GetInsightResponse,
  ListInsightMembersRequestSchema,
  ListInsightMembersResponse,
  ListInsightsRequestSchema,
  ListInsightsResponse,
} from '@noema/contracts/noema/insights/v1/insight_service';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { allPages } from '@noema/kernel';

/** Reads searches and insights with the rights of its caller. */
export interface InsightReader {
  readonly insightSearches: {
    listInsightSearches(
      request: MessageInitShape<typeof ListInsightSearchesRequestSchema>,
    ): Promise<Pick<ListInsightSearchesResponse, 'insightSearches' | 'nextPageToken'>>;
  };
  readonly insights: {
    getInsight(
      request: MessageInitShape<typeof GetInsightRequestSchema>,
    ): Promise<Pick<GetInsightResponse, 'insight'>>;
    listInsights(
      request: MessageInitShape<typeof ListInsightsRequestSchema>,
    ): Promise<Pick<ListInsightsResponse, 'insights' | 'nextPageToken'>>;
    getInsightAudit(
      request: MessageInitShape<typeof GetInsightAuditRequestSchema>,
    ): Promise<Pick<GetInsightAuditResponse, 'audit'>>;
    listInsightMembers(
      request: MessageInitShape<typeof ListInsightMembersRequestSchema>,
    ): Promise<Pick<ListInsightMembersResponse, 'bitmap' | 'members' | 'totalSize'>>;
  };
  readonly samples: {
    getSample(request: MessageInitShape<typeof GetSampleRequestSchema>): Promise<unknown>;
  };
}

type InsightRun = Pick<Run, 'id' | 'projectId' | 'datasetVersionId' | 'objectives'>;

/** The insights of a run after one epoch. */
export class RunInsights {
  private searched: Promise<readonly InsightSearch[]> | undefined;

  constructor(
    readonly platform: InsightReader,
    readonly run: InsightRun,
    readonly epoch: number,
    private readonly signal?: AbortSignal,
  ) {}

  /** Searches of an output after the epoch, the one that ended last first; '' is the first output. */
  async searches(output: string): Promise<readonly InsightSearch[]> {
    const first = this.run.objectives[0]?.output ?? '';
    const wanted = output || first;
    return (await this.allSearches()).filter((search) => (search.output || first) === wanted);
  }

  private allSearches(): Promise<readonly InsightSearch[]> {
    const { id: runId, projectId } = this.run;
    this.searched ??= this.pages(
      (page) =>
        this.platform.insightSearches.listInsightSearches({
          ...{ projectId, runId, filter: `epoch = ${this.epoch}` },
          ...page,
        }),
      ({ insightSearches }) => insightSearches,
    ).then((all) => all.sort((a, b) => endTime(b) - endTime(a)));
    return this.searched;
  }

  /** The filter of insights of the first output; older insights have no name of an output. */
  get ofFirstOutput(): string {
    const [first, ...others] = this.run.objectives;
    return first === undefined || others.length === 0
      ? ''
      : `(output = "" OR output = ${JSON.stringify(first.output)})`;
  }

  /** Insights after the epoch that meet a filter, the most severe first, of the newest search of each kind. */
  list(filter: string, over: MessageInitShape<typeof ListInsightsRequestSchema> = {}): Promise<Insight[]> {
    const { id: runId, projectId } = this.run;
    const conditions = [`epoch = ${this.epoch}`, filter].filter((one) => one !== '').join(' AND ');
    return this.pages(
      (page) =>
        this.platform.insights.listInsights({
          ...{ projectId, runId, filter: conditions },
          ...over,
          ...page,
        }),
      ({ insights }) => insights,
    );
  }

  private pages<P extends { readonly nextPageToken: string }, T>(
    list: (page: { readonly pageSize: number; readonly pageToken: string }) => Promise<P>,
    readItems: (page: P) => readonly T[],
  ): Promise<T[]> {
    return allPages((pageToken) => {
      this.signal?.throwIfAborted();
      return list({ pageSize: 1000, pageToken });
    }, readItems);
  }
}

const endTime = ({ readyTime }: InsightSearch): number => Number(readyTime?.seconds ?? 0n);
