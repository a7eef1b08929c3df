import { Inject, Injectable } from '@nestjs/common';
import type { SplitName } from '@noema/kernel';
import type { SplitRange } from '@noema/population';
import { SAMPLE_COLUMNS } from '@noema/population/rules';
import { AuditService } from '../audit/audit.service.js';
import type { InsightSample } from '../peers/samples.client.js';
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
  all: [...ADDRESS, 'label', 'score', 'suggested_label', 'group', 'verdict'],
  relabel: [...ADDRESS, 'label', 'suggested_label', 'score', 'verdict'],
  prune: [...ADDRESS, 'label', 'score'],
  label: [...ADDRESS, 'score'],
  deduplicate: [...ADDRESS, 'label', 'group'],
  weights: [...ADDRESS, 'weight'],
};

/** Splits in the order in which a copy of theirs stays. */
const STAYS: readonly SplitName[] = ['test', 'validation', 'training', 'unlabeled'];

/** Tables of samples for what people do about an insight. */
@Injectable()
export class ExportService {
  constructor(
    @Inject(MemberService) private readonly members: Pick<MemberService, 'open' | 'describe' | 'splits'>,
    @Inject(AuditService) private readonly audits: Pick<AuditService, 'summarise'>,
  ) {}

  /** Throws `not-found`, `precondition` ACTION_NOT_POSSIBLE, `invalid` PAGE_TOKEN_INVALID, PAGE_SIZE_INVALID. */
  async export(
    teamId: string,
    insightId: string,
    action: InsightAction,
    query: { readonly pageSize: number; readonly pageToken: string },
  ): Promise<ExportPage> {
    const open = await this.members.open(teamId, insightId);
    const chosen = await this.choose(teamId, open, action);
    const { positions, nextPageToken } = cutPage(chosen.length, query, {
      insightId,
      action,
      chosen: chosen.length,
    });
    const members = await this.members.describe(
      teamId,
      open,
      positions.map((at) => chosen[at]!),
    );
    const columns = COLUMNS[action];
    return {
      columns,
      rows: members.map((member) => columns.map((column) => formatCell(member, column))),
      nextPageToken,
      total: chosen.length,
    };
  }

  /** Positions of the members of an action. */
  private async choose(teamId: string, open: OpenInsight, action: InsightAction): Promise<number[]> {
    const { members, verdicts } = open;
    const all = Array.from(members.rows.keys());
    switch (action) {
      case 'relabel': {
        const { suggested } = members;
        if (suggested === undefined) throw actionNotPossible(action, 'suggested classes');
        const { cut } = this.audits.summarise(open);
        const until = verdicts.size > 0 && cut > 0 ? cut : all.length;
        return all.filter(
          (at) => suggested[at]! >= 0 && at < until && verdicts.get(members.rows[at]!) !== 'right',
        );
      }
      case 'prune':
        if (members.groups !== undefined) throw copiesNotPruned();
        return all.filter((at) => verdicts.get(members.rows[at]!) !== 'right');
      case 'deduplicate':
        return chooseCopies(open, await this.members.splits(teamId, open));
      case 'weights':
        if (members.scores?.every((score) => score >= 0 && score <= 1) !== true)
          throw actionNotPossible(action, 'scores between 0 and 1');
        return all;
      default:
        return all;
    }
  }
}

/**
 * All members of each group but the one that stays, the first of test, of validation, of training, or of the rest; and
 * without samples that people judged as no copies.
 */
function chooseCopies(
  { members: { rows, groups }, verdicts }: OpenInsight,
  splits: readonly SplitRange[],
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
    if (group < 0) continue;
    const best = kept.get(group);
    const [row, other] = [rows[at]!, best === undefined ? 0 : rows[best]!];
    if (best === undefined || (rank(row) - rank(other) || row - other) < 0) kept.set(group, at);
  }
  return Array.from(groups.keys()).filter(
    (at) => groups[at]! >= 0 && kept.get(groups[at]!) !== at && verdicts.get(rows[at]!) !== 'right',
  );
}

function formatCell({ sample, ...member }: Member, column: string): string {
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
    default:
      return formatNumber(
        member.verdict === 'wrong' ? 0 : member.verdict === 'right' ? 1 : 1 - member.score!,
      );
  }
}

const formatLabel = (sample: InsightSample | undefined): string =>
  sample === undefined || sample.classIndex < 0 ? '' : sample.className || String(sample.classIndex);

/** Six digits: scores are float32. */
const formatNumber = (value: number): string => String(Number(value.toPrecision(6)));
