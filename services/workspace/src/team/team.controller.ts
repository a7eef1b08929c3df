import { Inject } from '@nestjs/common';
import { TeamSchema } from '@noema/contracts/noema/workspace/v1/team';
import {
  type CreateTeamRequest,
  type DeleteTeamRequest,
  type GetTeamRequest,
  TeamService as Service,
  type UpdateTeamRequest,
} from '@noema/contracts/noema/workspace/v1/team_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { memberMessage } from '../member/member.mapper.js';
import { teamMessage } from './team.mapper.js';
import { newTeamId, TeamService } from './team.service.js';

/** Serves noema.workspace.v1.TeamService. */
@GrpcService(Service)
export class TeamController implements Handlers<typeof Service> {
  constructor(
    @Inject(TeamService) private readonly teams: TeamService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createTeam(req: CreateTeamRequest, ctx: CallContext) {
    const id = newTeamId(req.teamId, req.requestId);
    return this.commands.run(
      ctx,
      req,
      async () => {
        const { team, admin, adminApiKey } = await this.teams.create(ctx.principal.subject, { ...req, id });
        return { team: teamMessage(team), ...(admin && { admin: memberMessage(admin) }), adminApiKey };
      },
      { teamId: id, forget: ['adminApiKey'] },
    );
  }

  async getTeam(req: GetTeamRequest, { principal }: CallContext) {
    return { team: teamMessage(await this.teams.get(principal, req.teamId)) };
  }

  async updateTeam(req: UpdateTeamRequest, { principal }: CallContext) {
    const change = parseChanges(TeamSchema, req.team, req.updateMask, ['displayName', 'quota']);
    return { team: teamMessage(await this.teams.update(principal, req.team?.id ?? '', change)) };
  }

  async deleteTeam(req: DeleteTeamRequest, { principal }: CallContext) {
    await this.teams.delete(principal, req.teamId, req.confirmDisplayName);
    return {};
  }
}
