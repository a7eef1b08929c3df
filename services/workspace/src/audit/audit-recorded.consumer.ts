import { timestampDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import type {
  AuditRecorded as Recorded,
  AuditRecordedSchema,
} from '@noema/contracts/noema/workspace/v1/audit_events';
import { AuditRecorded, type EventMeta } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { AuditService } from './audit.service.js';

/** Writes down what was changed in the other services. */
@Injectable()
export class AuditRecordedConsumer extends EventConsumer<typeof AuditRecordedSchema> {
  readonly consumer = 'workspace__audit_recorded';
  readonly event = AuditRecorded;

  constructor(@Inject(AuditService) private readonly audit: AuditService) {
    super();
  }

  handle(
    { subject, action, resource, details, recordTime }: Recorded,
    { id, teamId, time }: EventMeta,
  ): Promise<void> {
    return this.audit.append(teamId, {
      id,
      subject,
      action,
      resource,
      details,
      createTime: recordTime === undefined ? time : timestampDate(recordTime),
    });
  }
}
