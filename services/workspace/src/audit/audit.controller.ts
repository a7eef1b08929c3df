import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import { auditActions, services } from '@noema/contracts';
import {
  AuditService as Service,
  type ListAuditEntriesRequest,
} from '@noema/contracts/noema/workspace/v1/audit_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { AuditService } from './audit.service.js';

/** Serves noema.workspace.v1.AuditService. */
@GrpcService(Service)
export class AuditController implements Handlers<typeof Service> {
  constructor(@Inject(AuditService) private readonly audit: AuditService) {}

  async listAuditEntries(req: ListAuditEntriesRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.audit.list(principal, req);
    return {
      auditEntries: items.map(({ createTime, ...entry }) => ({
        ...entry,
        createTime: timestampFromDate(createTime),
      })),
      nextPageToken,
    };
  }

  listAuditActions() {
    return { auditActions: auditActions(services) };
  }
}
