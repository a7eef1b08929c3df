import { timestampDate } from '@bufbuild/protobuf/wkt';
import type {
  ProjectDeleted as ProjectGone,
  ProjectDeletedSchema,
} from '@noema/contracts/noema/workspace/v1/project_events';
import type {
  TeamDeleted as TeamGone,
  TeamDeletedSchema,
} from '@noema/contracts/noema/workspace/v1/team_events';
import { type EventMeta, ProjectDeleted, TeamDeleted } from '@noema/events';
import { EventConsumer } from '../event-consumer.js';
import type { Purger } from './purger.js';

/** Records that a team was deleted. */
export class TeamDeletedConsumer extends EventConsumer<typeof TeamDeletedSchema> {
  readonly consumer: string;
  readonly event = TeamDeleted;

  constructor(
    service: string,
    private readonly purger: Purger,
  ) {
    super();
    this.consumer = `${service}__team_deleted`;
  }

  handle({ teamId, deleteTime }: TeamGone, { time }: EventMeta): Promise<void> {
    return this.purger.note('team', teamId, deleteTime === undefined ? time : timestampDate(deleteTime));
  }
}

/** Records that a project was deleted. */
export class ProjectDeletedConsumer extends EventConsumer<typeof ProjectDeletedSchema> {
  readonly consumer: string;
  readonly event = ProjectDeleted;

  constructor(
    service: string,
    private readonly purger: Purger,
  ) {
    super();
    this.consumer = `${service}__project_deleted`;
  }

  handle({ projectId, deleteTime }: ProjectGone, { time }: EventMeta): Promise<void> {
    return this.purger.note(
      'project',
      projectId,
      deleteTime === undefined ? time : timestampDate(deleteTime),
    );
  }
}
