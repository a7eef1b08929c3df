import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { type Outbox, ProjectDeleted, TeamDeleted } from '@noema/events';
import type { WorkspaceEvents } from './workspace-events.ports.js';

/** Announcements of this service, through its outbox. */
export class OutboxWorkspaceEvents implements WorkspaceEvents {
  constructor(private readonly outbox: Outbox) {}

  async teamDeleted(teamId: string, at: Date): Promise<void> {
    await this.outbox.publish(TeamDeleted, { teamId, deleteTime: timestampFromDate(at) });
  }

  async projectDeleted(projectId: string, at: Date): Promise<void> {
    await this.outbox.publish(ProjectDeleted, { projectId, deleteTime: timestampFromDate(at) });
  }
}
