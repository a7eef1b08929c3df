import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { Outbox, ProjectDeleted } from '@noema/events';

/** Announces changes of projects through the outbox, in the ambient transaction. */
@Injectable()
export class ProjectEvents {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  async deleted(projectId: string, at: Date): Promise<void> {
    await this.outbox.publish(ProjectDeleted, { projectId, deleteTime: timestampFromDate(at) });
  }
}
