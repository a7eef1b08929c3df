import { timestampDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import type {
  AuditRecorded as Recorded,
  AuditRecordedSchema,
} from '@noema/contracts/noema/workspace/v1/audit_events';
import { AuditRecorded, type EventMeta } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { AuditReader } from './audit.service.js';

/** Writes down what was changed in the other services. */
@Injectable()
export class AuditRecordedConsumer extends EventConsumer<typeof AuditRecordedSchema> {
  readonly consumer = 'workspace__audit_recorded';
  readonly event = AuditRecorded;

  constructor(@Inject(AuditReader) private readonly audit: AuditReader) {
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
      createdAt: recordTime === undefined ? time : timestampDate(recordTime),
    });
  }
}
