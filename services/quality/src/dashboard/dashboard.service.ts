import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import {
  displayName,
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { parseEvaluationDocument } from '../document/document.parser.js';
import { lockForUpdate, type RevisedChange } from '../revision/revised.update.js';
import type { Author } from '../revision/revision.js';
import { dashboardNotFound } from './dashboard.errors.js';
import type { Dashboard } from './dashboard.js';
import { DashboardRepository } from './dashboard.repository.js';

type DashboardFields = Pick<Dashboard, 'projectId' | 'displayName' | 'document' | 'draft'>;
type DashboardChange = RevisedChange & Partial<Pick<Dashboard, 'displayName' | 'document'>>;

/** Creates, reads, changes and deletes dashboards. */
@Injectable()
export class DashboardService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(DashboardRepository) private readonly dashboards: Port<DashboardRepository>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
  ) {}

  /**
   * Throws `not-found` for a project of another team, `invalid` DISPLAY_NAME_INVALID, `exists`
   * DASHBOARD_NAME_TAKEN, and what `parseEvaluationDocument` throws.
   */
  async create({ teamId, subject }: Author, fields: DashboardFields): Promise<Dashboard> {
    const { projectId, document, draft } = fields;
    const name = displayName(fields.displayName);
    parseEvaluationDocument(document);
    await this.projects.mustExist(teamId, projectId);
    return this.unitOfWork.run(teamId, () =>
      this.dashboards.insert({
        id: uuidv7(),
        projectId,
        displayName: name,
        document,
        draft,
        createdBy: subject,
      }),
    );
  }

  /** Throws `not-found`, also for a dashboard of another team. */
  get(teamId: string, id: string): Promise<Dashboard> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.dashboards, id, dashboardNotFound));
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<Dashboard>> {
    if (!isUuid(projectId)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.dashboards.list(projectId, query));
  }

  /** Throws as `create` and `lockForUpdate`. */
  async update(teamId: string, id: string, change: DashboardChange): Promise<Dashboard> {
    if (change.document !== undefined) parseEvaluationDocument(change.document);
    return this.unitOfWork.run(teamId, async () => {
      const before = await lockForUpdate(this.dashboards, 'dashboard', id, change, dashboardNotFound);
      return this.dashboards.update(before, {
        displayName: change.displayName === undefined ? before.displayName : displayName(change.displayName),
        document: change.document ?? before.document,
        draft: change.draft ?? before.draft,
      });
    });
  }

  /** Throws `not-found`, also for a dashboard of another team. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await findOrThrow(this.dashboards, id, dashboardNotFound);
      await this.dashboards.delete(id);
    });
  }
}
