import { type Clock, displayName, isUuid, type UnitOfWork, uuidOf, uuidv7 } from '@noema/kernel';
import type { Actor } from './actor.js';
import type { ApiKeys } from './api-key.service.js';
import type { AuditLog } from './audit.ports.js';
import { newMember, type Member } from './member.js';
import type { MemberRepository } from './member.ports.js';
import { type Team, type TeamQuota, UNLIMITED } from './team.js';
import { nameNotConfirmed, quotaInvalid, teamIdInvalid, teamNotFound } from './team.errors.js';
import type { TeamRepository } from './team.ports.js';

export interface NewTeam {
  readonly id: string;
  readonly displayName: string;
  readonly quota?: TeamQuota | undefined;
  readonly adminDisplayName: string;
  readonly adminEmail: string;
}

/** A team with its first admin; the key is empty when the team existed. */
export interface CreatedTeam {
  readonly team: Team;
  readonly admin: Member | undefined;
  readonly adminApiKey: string;
}

/** The id that a new team gets: the one asked for, the one that the request id always leads to, or a fresh one. Throws `invalid` TEAM_ID_INVALID. */
export function newTeamId(asked: string, requestId: string): string {
  if (asked === '') return requestId === '' ? uuidv7() : uuidOf('team', requestId);
  if (!isUuid(asked)) throw teamIdInvalid(asked);
  return asked;
}

/** Makes, changes and deletes teams. */
export class Teams {
  constructor(
    private readonly work: UnitOfWork, private readonly teams: TeamRepository, private readonly members: MemberRepository,
    private readonly keys: ApiKeys, private readonly audit: AuditLog, private readonly clock: Clock,
  ) {}

  /** Makes the team, its first admin and that admin's key; a team that exists is returned as it is, without a key. */
  create(by: string, wanted: NewTeam): Promise<CreatedTeam> {
    const now = this.clock.now();
    const quota = checked(wanted.quota ?? UNLIMITED);
    const team: Team = { id: wanted.id, displayName: displayName(wanted.displayName), quota, createdAt: now, updatedAt: now };
    const admin = newMember({ displayName: displayName(wanted.adminDisplayName, 'admin_display_name'), email: wanted.adminEmail, role: 'admin' }, now);
    return this.work.run(team.id, async () => {
      if (!(await this.teams.add(team))) {
        return { team: await this.need(team.id), admin: (await this.members.admins())[0], adminApiKey: '' };
      }
      await this.members.add(team.id, admin);
      const actor = { teamId: team.id, subject: by };
      const { secret } = await this.keys.create(actor, { memberId: admin.id, displayName: 'first key', role: undefined, expiresAt: undefined });
      await this.audit.record(actor, 'TeamService/CreateTeam', `team/${team.id}`, { display_name: team.displayName });
      return { team, admin, adminApiKey: secret };
    });
  }

  /** Throws `not-found` TEAM_NOT_FOUND, also for another team than the caller's. */
  get(actor: Actor, id: string): Promise<Team> {
    return this.own(actor, id, () => this.need(id));
  }

  update(actor: Actor, id: string, change: { readonly displayName?: string; readonly quota?: TeamQuota | undefined }): Promise<Team> {
    return this.own(actor, id, async () => {
      const team: Team = {
        ...(await this.need(id)),
        ...(change.displayName !== undefined && { displayName: displayName(change.displayName) }),
        ...('quota' in change && { quota: checked(change.quota ?? UNLIMITED) }),
        updatedAt: this.clock.now(),
      };
      await this.teams.save(team);
      await this.audit.record(actor, 'TeamService/UpdateTeam', `team/${id}`, { display_name: team.displayName });
      return team;
    });
  }

  /** Deletes the team with its members, keys and projects. Throws `precondition` NAME_NOT_CONFIRMED. */
  delete(actor: Actor, id: string, confirmedName: string): Promise<void> {
    return this.own(actor, id, async () => {
      const team = await this.need(id);
      if (confirmedName !== team.displayName) throw nameNotConfirmed(confirmedName, team.displayName);
      await this.teams.delete(id);
    });
  }

  private own<T>(actor: Actor, id: string, work: () => Promise<T>): Promise<T> {
    if (id !== actor.teamId) throw teamNotFound(id);
    return this.work.run(actor.teamId, work);
  }

  private async need(id: string): Promise<Team> {
    const team = await this.teams.find(id);
    if (team === undefined) throw teamNotFound(id);
    return team;
  }
}

function checked(quota: TeamQuota): TeamQuota {
  const fields = [['max_projects', quota.maxProjects], ['max_queued_jobs', quota.maxQueuedJobs], ['max_stored_bytes', quota.maxStoredBytes]] as const;
  for (const [field, value] of fields) if (value < 0) throw quotaInvalid(field, String(value));
  return quota;
}
