import { Inject, Injectable } from '@nestjs/common';
import { decodePageToken, encodePageToken, LruCache, pageSize, type UnitOfWork } from '@noema/kernel';
import { DatasetCatalog, type DatasetVersionInfo, type SplitRange } from '@noema/population';
import { Database } from '@noema/postgres';
import type { Verdict } from '../audit/verdict.js';
import { VerdictRepository } from '../audit/verdict.repository.js';
import { type InsightSample, SamplesClient } from '../peers/samples.client.js';
import { EvidenceStore, type Members } from './evidence.store.js';
import type { Insight } from './insight.js';
import { InsightService } from './insight.service.js';

/** Versions whose class names and splits stay in memory. */
const KEPT_VERSIONS = 64;

/** A sample of an insight. */
export interface Member {
  readonly position: number;
  readonly row: number;
  readonly sample: InsightSample | undefined;
  readonly score: number | undefined;
  readonly suggestedClass: number;
  readonly suggestedClassName: string;
  readonly group: number;
  readonly verdict: Verdict | undefined;
}

export interface MemberPage {
  readonly members: readonly Member[];
  readonly nextPageToken: string;
  /** Rows of all members, over all pages. */
  readonly rows: Int32Array;
}

/** Everything that is known of the samples of an insight. */
export interface OpenInsight {
  readonly insight: Insight;
  readonly members: Members;
  readonly verdicts: ReadonlyMap<number, Verdict>;
}

/** Reads the samples of insights. */
@Injectable()
export class MemberService {
  private readonly versions = new LruCache<Pick<DatasetVersionInfo, 'classNames' | 'splits'>>(KEPT_VERSIONS);

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(InsightService) private readonly insights: Pick<InsightService, 'find'>,
    @Inject(VerdictRepository) private readonly verdicts: Pick<VerdictRepository, 'list'>,
    @Inject(EvidenceStore) private readonly evidence: Pick<EvidenceStore, 'members'>,
    @Inject(SamplesClient) private readonly samples: Pick<SamplesClient, 'find'>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version'>,
  ) {}

  /** Throws `not-found`, also for an insight of another team. */
  async open(teamId: string, insightId: string): Promise<OpenInsight> {
    const insight = await this.insights.find(teamId, insightId);
    const verdicts = await this.unitOfWork.run(teamId, () => this.verdicts.list(insightId));
    return { insight, verdicts, members: await this.evidence.members(insight.members) };
  }

  /** Returns one page. Throws `not-found`, `invalid` PAGE_TOKEN_INVALID, PAGE_SIZE_INVALID. */
  async list(
    teamId: string,
    insightId: string,
    query: { readonly pageSize: number; readonly pageToken: string },
  ): Promise<MemberPage> {
    const open = await this.open(teamId, insightId);
    const { rows } = open.members;
    const { positions, nextPageToken } = cutPage(rows.length, query, { members: insightId });
    return { rows, nextPageToken, members: await this.describe(teamId, open, positions) };
  }

  /** Describes the samples at some positions, at most 1000. */
  async describe(
    teamId: string,
    { insight, members, verdicts }: OpenInsight,
    positions: readonly number[],
  ): Promise<Member[]> {
    const { datasetVersionId } = insight;
    const rows = positions.map((at) => members.rows[at]!);
    const [samples, classNames] = await Promise.all([
      this.samples.find(teamId, datasetVersionId, rows),
      members.suggested === undefined || members.ownClasses !== undefined
        ? []
        : this.version(teamId, datasetVersionId).then((one) => one.classNames),
    ]);
    return positions.map((position, at) => {
      const row = rows[at]!;
      const suggestedClass = members.suggested?.[position] ?? -1;
      const ownClass = members.ownClasses?.[position];
      const sample = samples.get(row);
      return {
        position,
        row,
        sample:
          sample && ownClass !== undefined
            ? { ...sample, classIndex: ownClass, className: nameOwnClass(ownClass) }
            : sample,
        score: members.scores?.[position],
        suggestedClass,
        suggestedClassName:
          ownClass === undefined ? (classNames[suggestedClass] ?? '') : nameOwnClass(suggestedClass),
        group: members.groups?.[position] ?? -1,
        verdict: verdicts.get(row),
      };
    });
  }

  /** The splits of the data of an insight, in the order of their rows. */
  async splits(teamId: string, { insight }: OpenInsight): Promise<readonly SplitRange[]> {
    return (await this.version(teamId, insight.datasetVersionId)).splits;
  }

  private version(teamId: string, datasetVersionId: string) {
    return this.versions.get(`${teamId} ${datasetVersionId}`, async () => {
      const { classNames, splits } = await this.datasets.version(teamId, datasetVersionId);
      return { classNames, splits };
    });
  }
}

/** The data name the classes of one output; other classes are called by their numbers. */
const nameOwnClass = (index: number): string => (index < 0 ? '' : String(index));

/** Positions of one page of `total` entries. Throws `invalid` PAGE_TOKEN_INVALID, PAGE_SIZE_INVALID. */
export function cutPage(
  total: number,
  query: { readonly pageSize: number; readonly pageToken: string },
  bound: unknown,
): { readonly positions: number[]; readonly nextPageToken: string } {
  const [from = 0] = (decodePageToken(bound, query.pageToken, ['count']) ?? []).map(Number);
  const to = Math.min(total, from + pageSize(query.pageSize));
  return {
    positions: Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i),
    nextPageToken: to < total ? encodePageToken(bound, [to]) : '',
  };
}
