import { Inject, Injectable } from '@nestjs/common';
import { type Finding, insightKinds, type KindOutcome, signMembers } from '@noema/insights';
import { uuidv7 } from '@noema/kernel';
import type { InsightSearch } from '../insight-search/insight-search.js';
import { InsightSearchRepository } from '../insight-search/insight-search.repository.js';
import type { SearchPopulation } from '../population/search-population.js';
import { storeOutput } from '../population/searched-output.js';
import { type OrderedVerdicts, orderVerdicts, restingState } from '../audit/audit.js';
import { VerdictRepository } from '../audit/verdict.repository.js';
import { EvidenceStore, type Members } from './evidence.store.js';
import type { Insight, InsightContents, NewInsight } from './insight.js';
import { describeChange, matchEarlier } from './insight.lineage.js';
import { InsightRepository } from './insight.repository.js';
import { formatFilter } from './membership.filter.js';

/** Most points of a trend; older ones are left out. */
const MAX_TREND = 100;

/** An insight before it is compared with earlier ones. */
type Draft = Omit<
  NewInsight,
  | 'state'
  | 'previousInsightId'
  | 'firstRunId'
  | 'firstEpoch'
  | 'change'
  | 'trend'
  | 'note'
  | 'issueId'
  | 'sliceId'
  | 'verdictCount'
>;

/** Stores the findings of a search as insights, and connects them with earlier ones. */
@Injectable()
export class InsightKeeper {
  constructor(
    @Inject(InsightSearchRepository) private readonly searches: Pick<InsightSearchRepository, 'findPrevious'>,
    @Inject(InsightRepository)
    private readonly insights: Pick<
      InsightRepository,
      'insert' | 'listOfKind' | 'markOutdated' | 'markFixed'
    >,
    @Inject(VerdictRepository) private readonly verdicts: Pick<VerdictRepository, 'copy' | 'list'>,
    @Inject(EvidenceStore) private readonly evidence: Pick<EvidenceStore, 'putMembers' | 'putTables'>,
  ) {}

  /** Stores the evidence, and returns the work that makes the insights visible, in a transaction of the team. */
  async prepare(
    teamId: string,
    search: InsightSearch,
    read: SearchPopulation,
    outcomes: readonly KindOutcome[],
  ): Promise<() => Promise<void>> {
    const kinds: { readonly kind: string; readonly drafts: readonly (readonly [Draft, Members])[] }[] = [];
    for (const outcome of outcomes) {
      if (outcome.state !== 'done') continue;
      const drafts: (readonly [Draft, Members])[] = [];
      for (const finding of outcome.report.findings)
        drafts.push(
          await this.draft(teamId, search, read, { kind: outcome.key, finding, tried: outcome.report.tried }),
        );
      kinds.push({ kind: outcome.key, drafts });
    }
    return async () => {
      for (const { kind, drafts } of kinds) await this.keep(search, kind, drafts);
    };
  }

  private async draft(
    teamId: string,
    { id: insightSearchId, source }: InsightSearch,
    read: SearchPopulation,
    { kind, finding, tried }: { readonly kind: string; readonly finding: Finding; readonly tried: number },
  ): Promise<readonly [Draft, Members]> {
    const { projectId, runId, epoch, datasetVersionId } = source;
    const id = uuidv7();
    const members = toMembers(finding, read);
    const place = { teamId, projectId, insightId: id };
    const draft: Draft = {
      // An insight of a kind that reads no output belongs to no output.
      ...storeOutput(insightKinds.get(kind).readsNoOutput ? undefined : source.output),
      ...{ id, projectId, insightSearchId, runId, epoch, datasetVersionId, kind },
      subkind: finding.subkind,
      foundState: finding.state,
      sentence: finding.sentence,
      level: finding.severity.level,
      share: finding.severity.share,
      memberCount: finding.members.length,
      qValue: toFinite(finding.qValue),
      contents: toContents(kind, finding, tried, read.booleans),
      members: await this.evidence.putMembers(place, members),
      tables: await this.evidence.putTables(place, finding.tables),
      signature: signMembers(Array.from(finding.members, (at) => read.keys[at]!)),
    };
    return [draft, members];
  }

  private async keep(
    search: InsightSearch,
    kind: string,
    drafts: readonly (readonly [Draft, Members])[],
  ): Promise<void> {
    const previousId = await this.searches.findPrevious(search, kind);
    const earlier = previousId === undefined ? [] : await this.insights.listOfKind(previousId, kind);
    const matched = matchEarlier(
      drafts.map(([draft]) => draft),
      earlier,
    );
    for (const [at, [draft, members]] of drafts.entries()) {
      const before = matched[at];
      const isSameData = before?.datasetVersionId === draft.datasetVersionId;
      const isJudged = before !== undefined && isSameData && before.verdictCount > 0;
      const verdicts = orderVerdicts(
        members.rows,
        isJudged ? await this.verdicts.list(before.id) : new Map(),
      );
      await this.insights.insert(connect(draft, before, verdicts));
      if (isJudged) await this.verdicts.copy(before.id, draft.id, members.rows);
    }
    await this.insights.markFixed(earlier.filter((one) => !matched.includes(one)).map(({ id }) => id));
    await this.insights.markOutdated(search.id, kind);
  }
}

/** Takes over what people decided about the earlier insight. One that was fixed and is found again is open again. */
function connect(draft: Draft, before: Insight | undefined, verdicts: OrderedVerdicts): NewInsight {
  const { id: insightId, runId, epoch, memberCount, contents } = draft;
  const change = describeChange(memberCount, before);
  const point = { insightId, runId, epoch, memberCount, difference: contents.effect?.difference, change };
  const isDecided = before?.state === 'approved' || before?.state === 'dismissed';
  return {
    ...draft,
    state: isDecided ? before.state : restingState(draft, verdicts),
    previousInsightId: before?.id ?? '',
    firstRunId: before?.firstRunId ?? runId,
    firstEpoch: before?.firstEpoch ?? epoch,
    change,
    trend: [...(before?.trend ?? []), point].slice(-MAX_TREND),
    note: before?.note ?? '',
    issueId: before?.issueId ?? '',
    sliceId: before?.sliceId ?? '',
    verdictCount: verdicts.filter((verdict) => verdict !== undefined).length,
  };
}

function toMembers(
  { members, scores, suggestedLabels, groups }: Finding,
  { rows, ownClasses }: SearchPopulation,
): Members {
  let groupByMember: Int32Array | undefined;
  if (groups !== undefined) {
    groupByMember = new Int32Array(members.length).fill(-1);
    for (const [group, positions] of groups.entries()) for (const at of positions) groupByMember[at] = group;
  }
  return {
    rows: members.map((at) => rows.toRow(at)),
    scores,
    suggested: suggestedLabels,
    groups: groupByMember,
    ownClasses: ownClasses && members.map((at) => ownClasses[at]!),
  };
}

function toContents(
  kind: string,
  finding: Finding,
  tried: number,
  booleans: ReadonlySet<string>,
): InsightContents {
  const { effect, membership, severity, explanations, numbers, remarks, suggestedLabels, groups } = finding;
  return {
    kindTitle: insightKinds.get(kind).title,
    tried,
    unit: severity.unit,
    // JSON has no NaN and no infinity.
    effect: effect && hasNumbers({ ...effect, ...effect.interval }) ? effect : undefined,
    pValue: toFinite(finding.pValue),
    explanations: explanations.filter(hasNumbers),
    numbers: Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value))),
    remarks,
    membership,
    filter: formatFilter(membership, booleans),
    hasSuggestedClasses: suggestedLabels?.some((label) => label >= 0) ?? false,
    groupCount: groups?.length ?? 0,
  };
}

/** True if all numbers of an object are finite. */
const hasNumbers = (values: object): boolean =>
  Object.values(values).every((value) => typeof value !== 'number' || Number.isFinite(value));

const toFinite = (value: number | undefined): number | undefined =>
  value === undefined || !Number.isFinite(value) ? undefined : value;
