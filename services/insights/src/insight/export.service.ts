import { Inject, Injectable } from '@nestjs/common';
import type { SplitName } from '@noema/kernel';
import type { SplitRange } from '@noema/population';
import { SAMPLE_COLUMNS } from '@noema/population/rules';
import { orderVerdicts } from '../audit/audit.js';
import { assignParts, type AuditedPart, selectActionable } from '../audit/audited-part.js';
import type { InsightSample } from '../peers/samples.client.js';
import { EvidenceStore } from './evidence.store.js';
import { actionNotPossible, copiesNotPruned } from './insight.errors.js';
import { type Member, MemberService, type OpenInsight, cutPage } from './member.service.js';

export const ACTIONS = ['all', 'relabel', 'prune', 'label', 'deduplicate', 'weights'] as const;
export type InsightAction = (typeof ACTIONS)[number];

/** A page of a table that an action needs. */
export interface ExportPage {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly nextPageToken: string;
  readonly total: number;
}

const ADDRESS = [SAMPLE_COLUMNS.split, SAMPLE_COLUMNS.sampleId, SAMPLE_COLUMNS.row] as const;
const COLUMNS: Readonly<Record<InsightAction, readonly string[]>> = {
  all: [...ADDRESS, 'label', 'score', 'suggested_label', 'group', 'verdict', 'audit'],
  relabel: [...ADDRESS, 'label', 'suggested_label', 'score', 'verdict', 'audit'],
  prune: [...ADDRESS, 'label', 'score', 'verdict', 'audit'],
  label: [...ADDRESS, 'score', 'part'],
  deduplicate: [...ADDRESS, 'label', 'group', 'verdict', 'audit'],
  weights: [...ADDRESS, 'weight', 'verdict', 'audit'],
};

/** Splits in the order in which a copy of theirs stays. */
const STAYS: readonly SplitName[] = ['test', 'validation', 'training', 'unlabeled'];

/** Cells of a sample that the sample alone does not give. */
interface Standing {
  readonly audit: AuditedPart;
  readonly isActionable: boolean;
  /** Whether a sample to label was chosen or drawn at random. */
  readonly part: string;
}

interface Choice {
  /** Positions of the samples. */
  readonly positions: readonly number[];
  readonly stand: (position: number) => Standing;
}

/**
 * Tables of samples for what people do about an insight. Lists follow its audit: they have samples above the cut and
 * samples judged as wrong, and each row says to which part it belongs.
 */
@Injectable()
export class ExportService {
  constructor(
    @Inject(MemberService) private readonly members: Pick<MemberService, 'open' | 'describe' | 'splits'>,
    @Inject(EvidenceStore) private readonly evidence: Pick<EvidenceStore, 'tables'>,
  ) {}

  /** Throws `not-found`, `precondition` ACTION_NOT_POSSIBLE, `invalid` PAGE_TOKEN_INVALID, PAGE_SIZE_INVALID. */
  async export(
    teamId: string,
    insightId: string,
    action: InsightAction,
    query: { readonly pageSize: number; readonly pageToken: string },
  ): Promise<ExportPage> {
    const open = await this.members.open(teamId, insightId);
    const { positions, stand } = await this.choose(teamId, open, action);
    const total = positions.length;
    const page = cutPage(total, query, { insightId, action, chosen: total });
    const chosen = page.positions.map((at) => positions[at]!);
    const members = await this.members.describe(teamId, open, chosen);
    const columns = COLUMNS[action];
    return {
      columns,
      rows: members.map((member, at) => {
        const standing = stand(chosen[at]!);
        return columns.map((column) => formatCell(member, standing, column));
      }),
      nextPageToken: page.nextPageToken,
      total,
    };
  }

  private async choose(teamId: string, open: OpenInsight, action: InsightAction): Promise<Choice> {
    const { members } = open;
    const verdicts = orderVerdicts(members.rows, open.verdicts);
    const parts = assignParts(verdicts);
    const actionable = selectActionable(verdicts, parts);
    const batch = action === 'label' ? await this.readBatch(open) : undefined;
    const choose = async (): Promise<readonly number[]> => {
      switch (action) {
        case 'relabel': {
          const { suggested } = members;
          if (suggested === undefined) throw actionNotPossible(action, 'suggested classes');
          return [...actionable].filter((at) => suggested[at]! >= 0);
        }
        case 'prune':
          if (members.groups !== undefined) throw copiesNotPruned();
          return [...actionable];
        case 'deduplicate':
          return chooseCopies(open, await this.members.splits(teamId, open), actionable);
        case 'weights':
          // Other scores are no doubt in a label: losses that happen to be below 1, or the similarity of copies.
          if (members.suggested === undefined) throw actionNotPossible(action, 'suggested classes');
          return [...parts.keys()];
        default:
          return [...parts.keys()];
      }
    };
    return {
      positions: await choose(),
      stand: (position) => ({
        audit: parts[position]!,
        isActionable: actionable.has(position),
        part: batch?.get(members.rows[position]!) ?? '',
      }),
    };
  }

  /** Part of each row of a batch to label. Throws `precondition` ACTION_NOT_POSSIBLE. */
  private async readBatch({ insight }: OpenInsight): Promise<ReadonlyMap<number, string>> {
    const { row, part } = (await this.evidence.tables(insight.tables))['batch'] ?? {};
    if (row === undefined || part === undefined) throw actionNotPossible('label', 'a batch to label');
    return new Map(row.map((each, at) => [Number(each), String(part[at])]));
  }
}

/**
 * All members of each group but the one that stays, the first of test, of validation, of training, or of the rest; and
 * without samples below the cut of the audit. A sample that people judged as no copy does not stay for others.
 */
function chooseCopies(
  { members: { rows, groups }, verdicts }: OpenInsight,
  splits: readonly SplitRange[],
  actionable: ReadonlySet<number>,
): number[] {
  if (groups === undefined) throw actionNotPossible('deduplicate', 'groups of copies');
  const rank = (row: number): number =>
    STAYS.findIndex((name) =>
      splits.some(
        ({ split, firstRow, count }) => split === name && row >= firstRow && row < firstRow + count,
      ),
    );
  const kept = new Map<number, number>();
  for (const [at, group] of groups.entries()) {
    if (group < 0 || verdicts.get(rows[at]!) === 'right') continue;
    const best = kept.get(group);
    const row = rows[at]!;
    const other = best === undefined ? 0 : rows[best]!;
    if (best === undefined || (rank(row) - rank(other) || row - other) < 0) kept.set(group, at);
  }
  return [...actionable].filter((at) => groups[at]! >= 0 && kept.get(groups[at]!) !== at);
}

function formatCell({ sample, ...member }: Member, standing: Standing, column: string): string {
  switch (column) {
    case SAMPLE_COLUMNS.split:
      return sample?.split ?? '';
    case SAMPLE_COLUMNS.sampleId:
      return sample?.sampleId ?? '';
    case SAMPLE_COLUMNS.row:
      return String(member.row);
    case 'label':
      return formatLabel(sample);
    case 'score':
      return member.score === undefined ? '' : formatNumber(member.score);
    case 'suggested_label':
      return member.suggestedClass < 0 ? '' : member.suggestedClassName || String(member.suggestedClass);
    case 'group':
      return member.group < 0 ? '' : String(member.group);
    case 'verdict':
      return member.verdict ?? '';
    case 'audit':
      return standing.audit;
    case 'part':
      return standing.part;
    default:
      return formatNumber(weigh(member, standing));
  }
}

/** A sample on which people may not act keeps its full weight. */
const weigh = ({ verdict, score }: Pick<Member, 'verdict' | 'score'>, { isActionable }: Standing): number =>
  !isActionable ? 1 : verdict === 'wrong' ? 0 : 1 - score!;

const formatLabel = (sample: InsightSample | undefined): string =>
  sample === undefined || sample.classIndex < 0 ? '' : sample.className || String(sample.classIndex);

/** Six digits: scores are float32. */
const formatNumber = (value: number): string => String(Number(value.toPrecision(6)));
