import { Inject, Injectable } from '@nestjs/common';
import { findOrThrow, pageSize, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { insightNotFound } from '../insight/insight.errors.js';
import { InsightRepository } from '../insight/insight.repository.js';
import { type Member, MemberService, type OpenInsight } from '../insight/member.service.js';
import { rowTwice, sampleNotInInsight, verdictsMissing } from './audit.errors.js';
import { type AuditSummary, orderVerdicts, restingState, summariseAudit } from './audit.js';
import type { SampleVerdict } from './verdict.js';
import { VerdictRepository } from './verdict.repository.js';

const MAX_VERDICTS = 1000;

export interface Audit {
  readonly summary: AuditSummary;
  /** Samples to judge next. */
  readonly next: readonly Member[];
}

/** Verdicts of people on the samples of insights, and their result. */
@Injectable()
export class AuditService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(InsightRepository) private readonly insights: Pick<InsightRepository, 'lock' | 'update'>,
    @Inject(VerdictRepository) private readonly verdicts: Pick<VerdictRepository, 'list' | 'save'>,
    @Inject(MemberService) private readonly members: Pick<MemberService, 'open' | 'describe'>,
  ) {}

  /** Throws `not-found`, `invalid` PAGE_SIZE_INVALID. */
  async get(teamId: string, insightId: string, size: number): Promise<Audit> {
    const open = await this.members.open(teamId, insightId);
    const summary = this.summarise(open);
    const positions = summary.next.slice(0, pageSize(size, { fallback: 10, max: 100 }));
    return { summary, next: await this.members.describe(teamId, open, positions) };
  }

  summarise(open: OpenInsight): AuditSummary {
    return summariseAudit(orderVerdicts(open.members.rows, open.verdicts));
  }

  /**
   * Stores verdicts. An insight without a decision becomes audited, see `restingState`, or returns to the
   * state in which it was found when its last verdict is taken back. Throws `not-found`, `invalid`
   * VERDICTS_INVALID, SAMPLE_NOT_IN_INSIGHT.
   */
  async record(
    { teamId, subject }: { readonly teamId: string; readonly subject: string },
    insightId: string,
    verdicts: readonly SampleVerdict[],
  ): Promise<void> {
    if (verdicts.length === 0 || verdicts.length > MAX_VERDICTS)
      throw verdictsMissing(verdicts.length, MAX_VERDICTS);
    const twice = verdicts.find(({ row }, at) => verdicts.findIndex((one) => one.row === row) !== at);
    if (twice !== undefined) throw rowTwice(twice.row);
    const { members } = await this.members.open(teamId, insightId);
    const rows = new Set(members.rows);
    const stranger = verdicts.find(({ row }) => !rows.has(row));
    if (stranger !== undefined) throw sampleNotInInsight(insightId, stranger.row);
    await this.unitOfWork.run(teamId, async () => {
      const lock = { find: (id: string) => this.insights.lock(id) };
      const insight = await findOrThrow(lock, insightId, insightNotFound);
      await this.verdicts.save(insight, verdicts, subject);
      const stored = await this.verdicts.list(insightId);
      const isDecided = ['approved', 'dismissed', 'fixed'].includes(insight.state);
      const state = isDecided ? insight.state : restingState(insight, orderVerdicts(members.rows, stored));
      await this.insights.update(insight, { ...insight, state, verdictCount: stored.size });
    });
  }
}
