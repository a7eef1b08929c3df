import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { DomainError } from '@noema/kernel';
import { IDS } from './synthetic-ids.js';

const CHANGED = timestampFromDate(new Date('2026-11-01T12:00:00Z'));
const PREFIX = IDS.project.slice(0, -3);

interface StoredDashboard {
  readonly id: string;
  readonly displayName: string;
  readonly document: string;
  readonly draft: boolean;
}

/** Dashboards of a synthetic platform, the newest first. */
export class SyntheticDashboards {
  private readonly stored: StoredDashboard[];

  constructor(initial: readonly Omit<StoredDashboard, 'id'>[]) {
    this.stored = initial.map((one, at) => ({ ...one, id: `${PREFIX}${700 + at}` }));
  }

  list = () => this.stored.map((one) => this.toMessage(one)).reverse();

  get(id: string) {
    return this.toMessage(this.stored[this.getIndex(id)]!);
  }

  create({ displayName, document, draft }: Omit<StoredDashboard, 'id'>) {
    if (this.stored.some((one) => one.displayName === displayName))
      throw new DomainError('exists', 'DASHBOARD_NAME_TAKEN', `the name "${displayName}" is taken`);
    const made = { displayName, document, draft, id: `${PREFIX}${700 + this.stored.length}` };
    this.stored.push(made);
    return this.toMessage(made);
  }

  update(change: StoredDashboard, paths: readonly string[]) {
    const at = this.getIndex(change.id);
    const now = this.stored[at]!;
    this.stored[at] = {
      ...now,
      ...(paths.includes('display_name') && { displayName: change.displayName }),
      ...(paths.includes('document') && { document: change.document }),
      ...(paths.includes('draft') && { draft: change.draft }),
    };
    return this.toMessage(this.stored[at]);
  }

  remove(id: string): void {
    this.stored.splice(this.getIndex(id), 1);
  }

  private getIndex(id: string): number {
    const at = this.stored.findIndex((one) => one.id === id);
    if (at < 0) throw new DomainError('not-found', 'DASHBOARD_NOT_FOUND', `there is no dashboard ${id}`);
    return at;
  }

  private toMessage(stored: StoredDashboard) {
    return { ...stored, projectId: IDS.project, createTime: CHANGED, updateTime: CHANGED };
  }
}
