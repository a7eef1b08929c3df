import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { displayName, isUuid, type Port, type UnitOfWork, deriveUuid, uuidv7 } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { ApiKeyService } from '../api-key/api-key.service.js';
import { AuditRepository } from '../audit/audit.repository.js';
import type { WorkspaceConfig } from '../config.js';
import type { Actor } from '../member/actor.js';
import { type Member, newMember } from '../member/member.js';
import { MemberRepository } from '../member/member.repository.js';
import {
  nameNotConfirmed,
  quotaInvalid,
  quotaOfOperator,
  teamIdInvalid,
  teamNotFound,
} from './team.errors.js';
import { TeamEvents } from './team.events.js';
import { type Team, type TeamQuota, UNLIMITED } from './team.js';
import { TeamRepository } from './team.repository.js';

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

/**
 * Returns the id of a new team: the requested id, the id that the request id always leads to, or a fresh one.
 * Throws `invalid` TEAM_ID_INVALID.
 */
export function newTeamId(asked: string, requestId: string): string {
  if (asked === '') return requestId === '' ? uuidv7() : deriveUuid('team', requestId);
  if (!isUuid(asked)) throw teamIdInvalid(asked);
  return asked;
}

/** Settings of new teams, and of who changes quotas. */
export type TeamSettings = Pick<
  WorkspaceConfig,
  'adminsSetQuotas' | 'teamRequestsPerMinute' | 'teamRunningJobs'
>;

/** Creates, changes and deletes teams. */
@Injectable()
export class TeamService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(TeamRepository) private readonly teams: Port<TeamRepository>,
    @Inject(MemberRepository) private readonly members: Pick<MemberRepository, 'insert' | 'admins'>,
    @Inject(ApiKeyService) private readonly keys: Pick<ApiKeyService, 'create'>,
    @Inject(AuditRepository) private readonly audit: Pick<AuditRepository, 'record'>,
    @Inject(TeamEvents) private readonly events: Port<TeamEvents>,
    @Inject(SETTINGS) private readonly settings: TeamSettings,
  ) {}

  /**
   * Makes the team, its first admin and that admin's key; a team that exists is returned unchanged, without a
   * key.
   */
  create(by: string, wanted: NewTeam): Promise<CreatedTeam> {
    const now = new Date();
    const quota = checked(wanted.quota ?? this.quotaOfNew());
    const team: Team = {
      id: wanted.id,
      displayName: displayName(wanted.displayName),
      quota,
      createTime: now,
      updateTime: now,
    };
    const admin = newMember(
      {
        displayName: displayName(wanted.adminDisplayName, 'admin_display_name'),
        email: wanted.adminEmail,
        role: 'admin',
      },
      now,
    );
    return this.unitOfWork.run(team.id, async () => {
      if (!(await this.teams.insert(team))) {
        return { team: await this.need(team.id), admin: (await this.members.admins())[0], adminApiKey: '' };
      }
      await this.members.insert(admin);
      const actor = { teamId: team.id, subject: by };
      const { secret } = await this.keys.create(actor, {
        memberId: admin.id,
        displayName: 'first key',
        role: undefined,
        expireTime: undefined,
      });
      await this.audit.record(actor, 'TeamService/CreateTeam', `team/${team.id}`, {
        display_name: team.displayName,
      });
      return { team, admin, adminApiKey: secret };
    });
  }

  /** Throws `not-found` TEAM_NOT_FOUND, also for another team than the caller's. */
  get(actor: Actor, id: string): Promise<Team> {
    return this.own(actor, id, () => this.need(id));
  }

  /** Throws `forbidden` QUOTA_IS_THE_OPERATORS for a quota, unless admins may set it here. */
  update(
    actor: Actor,
    id: string,
    change: { readonly displayName?: string; readonly quota?: TeamQuota | undefined },
  ): Promise<Team> {
    return this.own(actor, id, async () => {
      if ('quota' in change && !this.settings.adminsSetQuotas) throw quotaOfOperator(id);
      return this.change(actor, id, change);
    });
  }

  /** Sets the limits that are named and leaves the others, for the operator. */
  setQuota(actor: Actor, limits: Partial<TeamQuota>): Promise<Team> {
    return this.unitOfWork.run(actor.teamId, async () =>
      this.change(actor, actor.teamId, { quota: { ...(await this.need(actor.teamId)).quota, ...limits } }),
    );
  }

  /**
   * Deletes the team with its members, keys, secrets and projects; the other services hear of it and delete
   * what is theirs. Its audit log stays. Throws `precondition` NAME_NOT_CONFIRMED.
   */
  delete(actor: Actor, id: string, confirmedName: string): Promise<void> {
    return this.own(actor, id, async () => {
      const team = await this.need(id);
      if (confirmedName !== team.displayName) throw nameNotConfirmed(confirmedName, team.displayName);
      await this.audit.record(actor, 'TeamService/DeleteTeam', `team/${id}`, {
        display_name: team.displayName,
      });
      await this.events.deleted(id, new Date());
      await this.teams.delete(id);
    });
  }

  private quotaOfNew(): TeamQuota {
    const { teamRequestsPerMinute: maxRequestsPerMinute, teamRunningJobs: maxRunningJobs } = this.settings;
    return { ...UNLIMITED, maxRequestsPerMinute, maxRunningJobs };
  }

  private async change(
    actor: Actor,
    id: string,
    change: { readonly displayName?: string; readonly quota?: TeamQuota | undefined },
  ): Promise<Team> {
    const team: Team = {
      ...(await this.need(id)),
      ...(change.displayName !== undefined && { displayName: displayName(change.displayName) }),
      ...('quota' in change && { quota: checked(change.quota ?? UNLIMITED) }),
      updateTime: new Date(),
    };
    await this.teams.update(team);
    await this.audit.record(actor, 'TeamService/UpdateTeam', `team/${id}`, {
      display_name: team.displayName,
      ...('quota' in change && quotaDetails(team.quota)),
    });
    return team;
  }

  private own<T>(actor: Actor, id: string, work: () => Promise<T>): Promise<T> {
    if (id !== actor.teamId) throw teamNotFound(id);
    return this.unitOfWork.run(actor.teamId, work);
  }

  private async need(id: string): Promise<Team> {
    const team = await this.teams.find(id);
    if (team === undefined) throw teamNotFound(id);
    return team;
  }
}

const quotaDetails = (quota: TeamQuota): Record<string, string> =>
  Object.fromEntries(
    Object.entries(quota)
      .filter(([name]) => name.startsWith('max'))
      .map(([name, value]) => [name, String(value)]),
  );

function checked(quota: TeamQuota): TeamQuota {
  const fields = [
    ['max_projects', quota.maxProjects],
    ['max_queued_jobs', quota.maxQueuedJobs],
    ['max_stored_bytes', quota.maxStoredBytes],
    ['max_samples', quota.maxSamples],
    ['max_running_jobs', quota.maxRunningJobs],
    ['max_gpu_seconds', quota.maxGpuSeconds],
    ['max_requests_per_minute', quota.maxRequestsPerMinute],
  ] as const;
  for (const [field, value] of fields) if (value < 0) throw quotaInvalid(field, String(value));
  return quota;
}
