import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { Outbox, TeamDeleted } from '@noema/events';

/** Announces changes of teams through the outbox, in the ambient transaction. */
@Injectable()
export class TeamEvents {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async deleted(teamId: string, at: Date): Promise<void> {
    await this.outbox.publish(TeamDeleted, { teamId, deleteTime: timestampFromDate(at) });
  }
}
