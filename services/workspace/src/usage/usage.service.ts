import { Inject, Injectable } from '@nestjs/common';
import type { Port, ServiceUsage, UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { Actor } from '../member/actor.js';
import { ProjectRepository } from '../project/project.repository.js';
import { teamNotFound } from '../team/team.errors.js';
import type { TeamQuota } from '../team/team.js';
import { TeamRepository } from '../team/team.repository.js';
import { type TeamUsage, together, toTeamUsage } from './usage.js';
import { UsageRepository } from './usage.repository.js';

/** Adds up what teams use in all services. */
@Injectable()
export class UsageService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(TeamRepository) private readonly teams: Pick<TeamRepository, 'find'>,
    @Inject(ProjectRepository) private readonly projects: Pick<ProjectRepository, 'count'>,
    @Inject(UsageRepository) private readonly reports: Port<UsageRepository>,
  ) {}

  /** Throws `not-found` TEAM_NOT_FOUND, also for another team than the caller's. */
  get(actor: Actor, id: string): Promise<TeamUsage> {
    if (id !== actor.teamId) throw teamNotFound(id);
    return this.unitOfWork.run(id, async () => {
      const team = await this.teams.find(id);
      if (team === undefined) throw teamNotFound(id);
      return toTeamUsage(team, await this.projects.count(), await this.reports.list());
    });
  }

  /**
   * Takes what a service says, whose name is the caller's; returns what the team may use and uses in the
   * others. Throws `not-found` TEAM_NOT_FOUND.
   */
  report(
    { teamId, subject }: Actor,
    usage: ServiceUsage,
  ): Promise<{ readonly quota: TeamQuota; readonly elsewhere: ServiceUsage }> {
    return this.unitOfWork.run(teamId, async () => {
      const team = await this.teams.find(teamId);
      if (team === undefined) throw teamNotFound(teamId);
      await this.reports.save({ ...usage, service: subject, reportTime: new Date() });
      const others = (await this.reports.list()).filter(({ service }) => service !== subject);
      return { quota: team.quota, elsewhere: together(others) };
    });
  }
}
