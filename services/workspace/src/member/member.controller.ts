import { Inject } from '@nestjs/common';
import { MemberSchema } from '@noema/contracts/noema/workspace/v1/member';
import {
  type CreateMemberRequest,
  type DeleteMemberRequest,
  type GetMemberRequest,
  type ListMembersRequest,
  MemberService as Service,
  type UpdateMemberRequest,
} from '@noema/contracts/noema/workspace/v1/member_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { memberMessage, parseRole } from './member.mapper.js';
import { MemberService } from './member.service.js';

/** Serves noema.workspace.v1.MemberService. */
@GrpcService(Service)
export class MemberController implements Handlers<typeof Service> {
  constructor(
    @Inject(MemberService) private readonly members: MemberService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createMember(req: CreateMemberRequest, ctx: CallContext) {
    return this.commands.run(ctx, req, async () => ({
      member: memberMessage(await this.members.create(ctx.principal, { ...req, role: parseRole(req.role) })),
    }));
  }

  async getMember(req: GetMemberRequest, { principal }: CallContext) {
    return { member: memberMessage(await this.members.get(principal, req.memberId)) };
  }

  async listMembers(req: ListMembersRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.members.list(principal, req);
    return { members: items.map(memberMessage), nextPageToken };
  }

  async updateMember(req: UpdateMemberRequest, { principal }: CallContext) {
    const { role, ...change } = parseChanges(MemberSchema, req.member, req.updateMask, [
      'displayName',
      'email',
      'role',
    ]);
    return {
      member: memberMessage(
        await this.members.update(principal, req.member?.id ?? '', {
          ...change,
          ...(role !== undefined && { role: parseRole(role) }),
        }),
      ),
    };
  }

  async deleteMember(req: DeleteMemberRequest, { principal }: CallContext) {
    await this.members.delete(principal, req.memberId);
    return {};
  }
}
