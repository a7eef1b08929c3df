import { Inject, Injectable } from '@nestjs/common';
import {
  displayName,
  findOrThrow,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Actor } from '../member/actor.js';
import { teamNotFound } from '../team/team.errors.js';
import { TeamRepository } from '../team/team.repository.js';
import { descriptionTooLong, projectNotFound, projectQuota } from './project.errors.js';
import { ProjectEvents } from './project.events.js';
import type { Project } from './project.js';
import { ProjectRepository } from './project.repository.js';

const MAX_DESCRIPTION = 10_000;

/** Creates, changes and deletes projects. */
@Injectable()
export class ProjectService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ProjectRepository) private readonly projects: Port<ProjectRepository>,
    @Inject(TeamRepository) private readonly teams: Pick<TeamRepository, 'lock'>,
    @Inject(AuditRepository) private readonly audit: Pick<AuditRepository, 'record'>,
    @Inject(ProjectEvents) private readonly events: Port<ProjectEvents>,
  ) {}

  /** Throws `exists` PROJECT_NAME_TAKEN, `exhausted` PROJECT_QUOTA. */
  create(
    actor: Actor,
    fields: { readonly displayName: string; readonly description: string },
  ): Promise<Project> {
    const now = new Date();
    const project: Project = {
      id: uuidv7(),
      displayName: displayName(fields.displayName),
      description: description(fields.description),
      createTime: now,
      updateTime: now,
    };
    return this.unitOfWork.run(actor.teamId, async () => {
      await this.refuseAboveQuota(actor.teamId);
      await this.projects.insert(project);
      await this.audit.record(actor, 'ProjectService/CreateProject', `project/${project.id}`, {
        display_name: project.displayName,
      });
      return project;
    });
  }

  /** Throws `not-found` PROJECT_NOT_FOUND. */
  get(actor: Actor, id: string): Promise<Project> {
    return this.unitOfWork.run(actor.teamId, () => this.need(id));
  }

  list(actor: Actor, query: PageQuery): Promise<Page<Project>> {
    return this.unitOfWork.run(actor.teamId, () => this.projects.list(query));
  }

  update(
    actor: Actor,
    id: string,
    change: { readonly displayName?: string; readonly description?: string },
  ): Promise<Project> {
    return this.unitOfWork.run(actor.teamId, async () => {
      const before = await this.need(id);
      const project: Project = {
        ...before,
        ...(change.displayName !== undefined && { displayName: displayName(change.displayName) }),
        ...(change.description !== undefined && { description: description(change.description) }),
        updateTime: new Date(),
      };
      await this.projects.update(project);
      await this.audit.record(actor, 'ProjectService/UpdateProject', `project/${id}`, {
        display_name_before: before.displayName,
        display_name_after: project.displayName,
      });
      return project;
    });
  }

  /** Deletes the project; the other services hear of it and delete what is in it. */
  delete(actor: Actor, id: string): Promise<void> {
    return this.unitOfWork.run(actor.teamId, async () => {
      const project = await this.need(id);
      await this.projects.delete(id);
      await this.events.deleted(id, new Date());
      await this.audit.record(actor, 'ProjectService/DeleteProject', `project/${id}`, {
        display_name: project.displayName,
      });
    });
  }

  /** Locks the team, so that two at the same time cannot both take the last place. */
  private async refuseAboveQuota(teamId: string): Promise<void> {
    const team = await this.teams.lock(teamId);
    if (team === undefined) throw teamNotFound(teamId);
    const { maxProjects } = team.quota;
    if (maxProjects > 0 && (await this.projects.count()) >= maxProjects) throw projectQuota(maxProjects);
  }

  private need(id: string): Promise<Project> {
    return findOrThrow(this.projects, id, projectNotFound);
  }
}

function description(text: string): string {
  if (text.length > MAX_DESCRIPTION) throw descriptionTooLong(text.length, MAX_DESCRIPTION);
  return text;
}
