import { create, type JsonValue, toJson } from '@bufbuild/protobuf';
import { TeamSchema } from '@noema/contracts/noema/workspace/v1/team';
import { CreateTeamResponseSchema } from '@noema/contracts/noema/workspace/v1/team_service';
import type { Team } from '../domain/team.js';
import { newTeamId } from '../domain/team.service.js';
import { memberMessage } from '../grpc/member.mapper.js';
import { teamMessage } from '../grpc/team.mapper.js';
import { OPERATOR, type OperatorCommand } from './operator-command.js';

const PAGE = 500;

export const teamJson = (team: Team): JsonValue => toJson(TeamSchema, create(TeamSchema, teamMessage(team)));

export const createTeam: OperatorCommand = {
  key: 'create-team',
  doc: 'makes a team with its first admin, and prints that admin\'s API key this once; a team that exists is printed without a key',
  options: {
    name: { required: true, value: 'TEXT', doc: 'name of the team' },
    id: { value: 'UUID', doc: 'id to give to it, so that the command may be repeated; a new one without it' },
    'admin-name': { value: 'TEXT', doc: 'name of its first admin; "admin" without it' },
    'admin-email': { value: 'ADDRESS', doc: 'e-mail address of its first admin, by which OpenID Connect knows them' },
  },
  run: async ({ teams }, given) => {
    const made = await teams.create(OPERATOR, {
      id: newTeamId(given['id'] ?? '', ''), displayName: given['name']!, adminDisplayName: given['admin-name'] ?? 'admin', adminEmail: given['admin-email'] ?? '',
    });
    return toJson(CreateTeamResponseSchema, create(CreateTeamResponseSchema, {
      team: teamMessage(made.team), ...(made.admin && { admin: memberMessage(made.admin) }), adminApiKey: made.adminApiKey,
    }));
  },
};

export const listTeams: OperatorCommand = {
  key: 'list-teams',
  doc: 'prints all teams, by id',
  options: {},
  run: async ({ directory }) => {
    const teams: JsonValue[] = [];
    let page: readonly Team[] = [];
    do {
      page = await directory.listAll(page.at(-1)?.id, PAGE);
      teams.push(...page.map(teamJson));
    } while (page.length === PAGE);
    return { teams };
  },
};
