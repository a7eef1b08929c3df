import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { type InsightSchema, InsightState, InsightVerdict } from '@noema/contracts/noema/insights/v1/insight';
import type { InsightSearchSchema } from '@noema/contracts/noema/insights/v1/insight_search';
import { InsightSearchService } from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightAction, InsightService } from '@noema/contracts/noema/insights/v1/insight_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DomainError } from '@noema/kernel';
import { peer } from '@noema/testing';
import { IDS } from './synthetic-ids.js';
import type { SyntheticPopulation } from './synthetic-population.js';

type Fields<T> = Omit<T, '$typeName' | '$unknown'>;
type InsightFields = Fields<Exclude<MessageInitShape<typeof InsightSchema>, { $typeName: string }>>;
type SearchFields = Fields<Exclude<MessageInitShape<typeof InsightSearchSchema>, { $typeName: string }>>;

/** An insight of a synthetic platform with its rows, in the order in which people look at them. */
export interface InsightRecord extends InsightFields {
  readonly rows: readonly number[];
  /** Class that each row is suggested to have. Default: none. */
  readonly suggest?: (row: number) => number;
}

export interface InsightOptions {
  readonly insights?: readonly InsightRecord[];
  /** The newest search. Default: none. */
  readonly insightSearch?: SearchFields;
}

const MADE = timestampFromDate(new Date('2026-11-01T12:00:00Z'));
const PREFIX = IDS.project.slice(0, -3);
const SEARCH = `${PREFIX}500`;
const JOB = `${PREFIX}501`;
const COMMON = {
  ...{ projectId: IDS.project, insightSearchId: SEARCH, runId: IDS.run, datasetVersionId: IDS.data },
  ...{ createTime: MADE, updateTime: MADE, firstRunId: IDS.run, epoch: 1, firstEpoch: 1 },
};
/** Largest share of right samples that an audit allows. */
const Q = 0.1;

/** Insights, a search, and audits in memory. */
export class SyntheticInsights {
  private readonly stored: InsightRecord[];
  private search: SearchFields | undefined;
  /** Verdicts by insight and row. */
  readonly verdicts = new Map<string, InsightVerdict>();

  constructor(
    { insights = [], insightSearch }: InsightOptions,
    private readonly population: SyntheticPopulation,
  ) {
    this.stored = insights.map((insight, at) => ({
      ...COMMON,
      memberCount: insight.rows.length,
      hasSuggestedClasses: insight.suggest !== undefined,
      ...insight,
      id: `${PREFIX}${510 + at}`,
    }));
    if (insightSearch !== undefined)
      this.search = { ...COMMON, id: SEARCH, readyTime: MADE, jobId: JOB, ...insightSearch };
  }

  /** The job of a search that was started; undefined for other jobs. */
  job(jobId: string) {
    if (jobId !== JOB || this.search === undefined) return undefined;
    return {
      id: JOB,
      service: 'insights',
      state: this.search.state ?? JobState.UNSPECIFIED,
      progress: { done: 3, total: 12, unit: 'kinds', stage: 'search', message: 'Mislabeled' },
    };
  }

  /** Ends the search. */
  end(state: JobState): void {
    this.search = { ...this.search, state };
  }

  /** The group field of the newest search. */
  groupField(): string | undefined {
    return this.search?.recipe?.groupField;
  }

  insight(at: number): InsightRecord {
    return this.stored[at]!;
  }

  peers() {
    return [
      peer(InsightSearchService, {
        createInsightSearch: ({ groupField }) => {
          const recipe = { seed: 0, q: 0.1, groupField };
          this.search = { ...COMMON, id: SEARCH, jobId: JOB, state: JobState.RUNNING, recipe };
          return { insightSearch: this.search, job: this.job(JOB)! };
        },
        getInsightSearch: () => ({ insightSearch: this.search ?? {} }),
        deleteInsightSearch: () => {
          this.search = undefined;
          return {};
        },
        getInsightSettings: ({ projectId }) => ({ insightSettings: { projectId, searchAfterRuns: true } }),
        listInsightSearches: () => ({ insightSearches: this.search === undefined ? [] : [this.search] }),
      }),
      peer(InsightService, {
        getInsight: ({ insightId }) => ({ insight: toMessage(this.find(insightId)) }),
        listInsights: ({ includeHints, pageSize }) => ({
          insights: this.stored
            .filter(({ state }) => includeHints || state !== InsightState.HINT)
            .slice(0, pageSize || 50)
            .map(toMessage),
        }),
        updateInsight: ({ insight, updateMask }) => {
          const at = this.stored.indexOf(this.find(insight!.id));
          for (const path of updateMask?.paths ?? []) {
            const name = path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
            this.stored[at] = { ...this.stored[at]!, [name]: insight![name as keyof typeof insight] };
          }
          return { insight: toMessage(this.stored[at]!) };
        },
        listInsightMembers: ({ insightId }) => {
          const { rows } = this.find(insightId);
          const bitmap = new Uint8Array(Math.ceil(this.population.count / 8));
          for (const row of rows) bitmap[row >> 3]! |= 1 << (row & 7);
          return { members: this.members(insightId), totalSize: rows.length, bitmap };
        },
        getInsightAudit: ({ insightId }) => this.audit(insightId),
        recordInsightVerdicts: ({ insightId, verdicts }) => {
          for (const { row, verdict } of verdicts) this.verdicts.set(`${insightId} ${row}`, verdict);
          return this.audit(insightId);
        },
        exportInsight: ({ insightId, action }) => ({
          columns: ['sample_id', 'label', 'suggested'],
          rows: this.members(insightId).map(({ sample, trueClassName, suggestedClassName }) => ({
            cells: [sample.sampleId, trueClassName, suggestedClassName],
          })),
          totalSize: action === InsightAction.RELABEL ? this.find(insightId).rows.length : 0,
        }),
      }),
    ];
  }

  private find(insightId: string): InsightRecord {
    const found = this.stored.find(({ id }) => id === insightId);
    if (found === undefined)
      throw new DomainError('not-found', 'INSIGHT_NOT_FOUND', `there is no insight ${insightId}`);
    return found;
  }

  private members(insightId: string) {
    const { rows, suggest, groupCount = 0 } = this.find(insightId);
    const { toSampleId, trueClass, classNames, loss } = this.population;
    return rows.map((row, position) => {
      const suggestedClass = suggest?.(row) ?? -1;
      return {
        position,
        row,
        sample: { split: Split.VALIDATION, sampleId: toSampleId(row) },
        score: loss[row]!,
        trueClass: trueClass[row]!,
        trueClassName: classNames[trueClass[row]!] ?? '',
        suggestedClass,
        suggestedClassName: classNames[suggestedClass] ?? '',
        group: groupCount > 0 ? Math.floor(position / 2) : -1,
        verdict: this.verdicts.get(`${insightId} ${row}`) ?? InsightVerdict.UNSPECIFIED,
      };
    });
  }

  /** The samples without a verdict in their order; the bound is a rough one. */
  private audit(insightId: string) {
    const members = this.members(insightId);
    const count = (wanted: InsightVerdict): number =>
      members.filter(({ verdict }) => verdict === wanted).length;
    const [wrong, right] = [count(InsightVerdict.WRONG), count(InsightVerdict.RIGHT)];
    const bound = wrong + right === 0 ? 1 : Math.min(1, (right + 3) / (wrong + right));
    const next = members.filter(({ verdict }) => verdict === InsightVerdict.UNSPECIFIED);
    return {
      audit: {
        ...{ wrong, right, unsure: count(InsightVerdict.UNSURE), q: Q, bound, done: next.length === 0 },
        cut: bound <= Q ? members.length : 0,
        wrongShareLow: wrong / members.length,
        wrongShareHigh: 1 - right / members.length,
        sentence: wrong + right === 0 ? '' : `${wrong} of ${wrong + right} judged samples are wrong.`,
      },
      next,
    };
  }
}

const toMessage = ({ rows: _, suggest: __, ...fields }: InsightRecord): InsightFields => fields;
