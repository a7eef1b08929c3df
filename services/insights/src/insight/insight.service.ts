import { Inject, Injectable } from '@nestjs/common';
import { findOrThrow, isUuid, type Page, type PageQuery, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { orderVerdicts, restingState } from '../audit/audit.js';
import { VerdictRepository } from '../audit/verdict.repository.js';
import { EvidenceStore, type Tables } from './evidence.store.js';
import {
  insightChanged,
  insightNotFound,
  noteTooLong,
  referenceInvalid,
  stateNotSettable,
} from './insight.errors.js';
import { formatEtag, type Insight, type InsightState } from './insight.js';
import { haveSameSamples } from './insight.lineage.js';
import { type InsightFilter, InsightRepository } from './insight.repository.js';

const MAX_NOTE = 10_000;
const SETTABLE: ReadonlySet<InsightState> = new Set(['approved', 'dismissed', 'fixed', 'confirmed']);

export interface InsightUpdate {
  readonly etag: string;
  readonly state?: InsightState | undefined;
  readonly note?: string | undefined;
  readonly issueId?: string | undefined;
  readonly sliceId?: string | undefined;
}

/** Reads, lists and changes insights. */
@Injectable()
export class InsightService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(InsightRepository)
    private readonly insights: Pick<InsightRepository, 'find' | 'list' | 'lock' | 'update'>,
    @Inject(EvidenceStore) private readonly evidence: Pick<EvidenceStore, 'members' | 'tables'>,
    @Inject(VerdictRepository) private readonly verdicts: Pick<VerdictRepository, 'list'>,
  ) {}

  /** Throws `not-found`, also for an insight of another team. */
  find(teamId: string, id: string): Promise<Insight> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.insights, id, insightNotFound));
  }

  /** As `find`, with the tables of evidence. */
  async get(teamId: string, id: string): Promise<{ readonly insight: Insight; readonly tables: Tables }> {
    const insight = await this.find(teamId, id);
    return { insight, tables: await this.evidence.tables(insight.tables) };
  }

  list(teamId: string, filter: InsightFilter, query: PageQuery): Promise<Page<Insight>> {
    if (!hasIds(filter)) return Promise.resolve(EMPTY);
    return this.unitOfWork.run(teamId, () => this.insights.list(filter, query));
  }

  /** As `list`, of the insights that have about the same samples as another one. Throws `not-found` for that one. */
  listSame(teamId: string, id: string, filter: InsightFilter, query: PageQuery): Promise<Page<Insight>> {
    return this.unitOfWork.run(teamId, async () => {
      const one = await findOrThrow(this.insights, id, insightNotFound);
      if (!hasIds(filter)) return EMPTY;
      const { items, nextPageToken } = await this.insights.list({ ...filter, kind: one.kind }, query);
      return { items: items.filter((other) => haveSameSamples(one, other)), nextPageToken };
    });
  }

  /**
   * Changes what members decide. Throws `not-found`, `precondition` RESOURCE_CHANGED, `invalid` STATE_NOT_SETTABLE,
   * NOTE_TOO_LONG, REFERENCE_INVALID.
   */
  update(teamId: string, id: string, change: InsightUpdate): Promise<Insight> {
    const { etag, state, note, issueId, sliceId } = change;
    if (state !== undefined && !SETTABLE.has(state)) throw stateNotSettable(state);
    if (note !== undefined && note.length > MAX_NOTE) throw noteTooLong(note.length, MAX_NOTE);
    checkReference('issue_id', issueId);
    checkReference('slice_id', sliceId);
    return this.unitOfWork.run(teamId, async () => {
      const before = await findOrThrow(
        { find: (each: string) => this.insights.lock(each) },
        id,
        insightNotFound,
      );
      const current = formatEtag(before);
      if (etag !== '' && etag !== current) throw insightChanged(id, etag, current);
      return this.insights.update(before, {
        state: state === 'confirmed' ? await this.openAgain(before) : (state ?? before.state),
        note: note ?? before.note,
        issueId: issueId ?? before.issueId,
        sliceId: sliceId ?? before.sliceId,
        verdictCount: before.verdictCount,
      });
    });
  }

  /** The state without the decision of members. */
  private async openAgain(insight: Insight): Promise<InsightState> {
    const { rows } = await this.evidence.members(insight.members);
    return restingState(insight, orderVerdicts(rows, await this.verdicts.list(insight.id)));
  }
}

const EMPTY: Page<Insight> = { items: [], nextPageToken: '' };

const hasIds = ({ projectId, runId = projectId, insightSearchId = projectId }: InsightFilter): boolean =>
  [projectId, runId, insightSearchId].every(isUuid);

function checkReference(field: string, value: string | undefined): void {
  if (value !== undefined && value !== '' && !isUuid(value)) throw referenceInvalid(field, value);
}
