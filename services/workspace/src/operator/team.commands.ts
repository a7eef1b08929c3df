import { create, type JsonValue, toJson } from '@bufbuild/protobuf';
import { TeamSchema } from '@noema/contracts/noema/workspace/v1/team';
import { CreateTeamResponseSchema } from '@noema/contracts/noema/workspace/v1/team_service';
import { memberMessage } from '../member/member.mapper.js';
import type { Team } from '../team/team.js';
import { teamMessage } from '../team/team.mapper.js';
import { TeamRepository } from '../team/team.repository.js';
import { newTeamId, TeamService } from '../team/team.service.js';
import { actorIn, OPERATOR, type OperatorCommand } from './operator-command.js';
import { UsageError, wholeNumber } from './usage.js';

const PAGE = 500;

export const teamJson = (team: Team): JsonValue => toJson(TeamSchema, create(TeamSchema, teamMessage(team)));

export const createTeam: OperatorCommand = {
  key: 'create-team',
  doc:
    "makes a team with its first admin, and prints that admin's API key this once; a team that exists is " +
    'printed without a key',
  options: {
    name: { required: true, value: 'TEXT', doc: 'name of the team' },
    id: { value: 'UUID', doc: 'id to give to it, so that the command may be repeated; a new one without it' },
    'admin-name': { value: 'TEXT', doc: 'name of its first admin; "admin" without it' },
    'admin-email': {
      value: 'ADDRESS',
      doc: 'e-mail address of its first admin, by which OpenID Connect knows them',
    },
  },
  run: async (services, given) => {
    const made = await services.get(TeamService).create(OPERATOR, {
      id: newTeamId(given['id'] ?? '', ''),
      displayName: given['name']!,
      adminDisplayName: given['admin-name'] ?? 'admin',
      adminEmail: given['admin-email'] ?? '',
    });
    return toJson(
      CreateTeamResponseSchema,
      create(CreateTeamResponseSchema, {
        team: teamMessage(made.team),
        ...(made.admin && { admin: memberMessage(made.admin) }),
        adminApiKey: made.adminApiKey,
      }),
    );
  },
};

export const listTeams: OperatorCommand = {
  key: 'list-teams',
  doc: 'prints all teams, by id',
  options: {},
  run: async (services) => {
    const teams: JsonValue[] = [];
    let page: readonly Team[] = [];
    do {
      page = await services.get(TeamRepository).listAll(page.at(-1)?.id, PAGE);
      teams.push(...page.map(teamJson));
    } while (page.length === PAGE);
    return { teams };
  },
};

/** Options of set-quota and the limits that they set; limits that count in 64 bits stay bigint. */
const LIMITS = {
  'max-projects': { name: 'maxProjects', wide: false, doc: 'projects' },
  'max-queued-jobs': { name: 'maxQueuedJobs', wide: false, doc: 'unfinished jobs, per service' },
  'max-running-jobs': {
    name: 'maxRunningJobs',
    wide: false,
    doc: 'jobs that run at the same time; others wait',
  },
  'max-samples': { name: 'maxSamples', wide: true, doc: 'samples in all dataset versions' },
  'max-stored-bytes': { name: 'maxStoredBytes', wide: true, doc: 'bytes in the artifact store' },
  'max-gpu-seconds': { name: 'maxGpuSeconds', wide: true, doc: 'seconds of work on GPUs within 30 days' },
  'max-requests-per-minute': {
    name: 'maxRequestsPerMinute',
    wide: false,
    doc: 'requests a minute, by each gateway',
  },
} as const;

const MAX_INT32 = 2n ** 31n - 1n;

function parseLimit(option: keyof typeof LIMITS, text: string): number | bigint {
  const value = wholeNumber(option, text);
  if (LIMITS[option].wide) return value;
  if (value > MAX_INT32) throw new UsageError(`--${option} ${text} is above ${MAX_INT32}`);
  return Number(value);
}

export const setQuota: OperatorCommand = {
  key: 'set-quota',
  doc:
    'sets the limits that are named and leaves the others; 0 is no limit; services follow within half a ' +
    'minute',
  options: {
    team: { required: true, value: 'UUID', doc: 'id of the team' },
    ...Object.fromEntries(Object.entries(LIMITS).map(([option, { doc }]) => [option, { value: 'N', doc }])),
  },
  run: async (services, given) => {
    const named = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).filter(
      (option) => given[option] !== undefined,
    );
    if (named.length === 0)
      throw new UsageError('set-quota names no limit; give at least one --max-… option');
    return teamJson(
      await services
        .get(TeamService)
        .setQuota(
          actorIn(given),
          Object.fromEntries(
            named.map((option) => [LIMITS[option].name, parseLimit(option, given[option]!)]),
          ),
        ),
    );
  },
};

export const deleteTeam: OperatorCommand = {
  key: 'delete-team',
  doc: 'deletes a team with everything in it, here and, soon after, in all services; its audit log stays',
  options: {
    team: { required: true, value: 'UUID', doc: 'id of the team' },
    confirm: { required: true, value: 'TEXT', doc: 'its name, to be sure' },
  },
  run: async (services, given) => {
    const actor = actorIn(given);
    await services.get(TeamService).delete(actor, actor.teamId, given['confirm']!);
    return { deleted: actor.teamId };
  },
};
