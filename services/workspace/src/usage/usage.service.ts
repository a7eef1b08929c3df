import type { Clock, UnitOfWork } from '@noema/kernel';
import type { Actor } from '../member/actor.js';
import type { ProjectRepository } from '../project/project.ports.js';
import type { TeamQuota } from '../team/team.js';
import { teamNotFound } from '../team/team.errors.js';
import type { TeamRepository } from '../team/team.ports.js';
import { type ServiceUsage, type TeamUsage, together, usageOf } from './usage.js';
import type { UsageReports } from './usage.ports.js';

/** Adds up what teams use in all services. */
export class Usage {
  constructor(
    private readonly work: UnitOfWork,
    private readonly teams: TeamRepository,
    private readonly projects: ProjectRepository,
    private readonly reports: UsageReports,
    private readonly clock: Clock,
  ) {}

  /** Throws `not-found` TEAM_NOT_FOUND, also for another team than the caller's. */
  get(actor: Actor, id: string): Promise<TeamUsage> {
    if (id !== actor.teamId) throw teamNotFound(id);
    return this.work.run(id, async () => {
      const team = await this.teams.find(id);
      if (team === undefined) throw teamNotFound(id);
      return usageOf(team, await this.projects.count(), await this.reports.list());
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
    return this.work.run(teamId, async () => {
      const team = await this.teams.find(teamId);
      if (team === undefined) throw teamNotFound(teamId);
      await this.reports.save(teamId, { ...usage, service: subject, reportedAt: this.clock.now() });
      const others = (await this.reports.list()).filter(({ service }) => service !== subject);
      return { quota: team.quota, elsewhere: together(others) };
    });
  }
}
