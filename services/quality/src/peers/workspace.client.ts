import { Inject, Injectable } from '@nestjs/common';
import { MemberService } from '@noema/contracts/noema/workspace/v1/member_service';
import { ServiceClients } from '@noema/host';

/** Queries the workspace service for the members of a team. */
@Injectable()
export class WorkspaceClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Throws `not-found` MEMBER_NOT_FOUND, also for a member of another team. */
  async membersMustExist(teamId: string, ids: readonly string[]): Promise<void> {
    const members = this.clients.of(MemberService, teamId);
    for (const memberId of ids) await members.getMember({ memberId });
  }
}
