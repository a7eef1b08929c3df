import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  AuditService,
  type ListAuditEntriesRequest,
} from '@noema/contracts/noema/workspace/v1/audit_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { AuditReader } from './audit.service.js';

@GrpcService(AuditService)
export class AuditController implements Handlers<typeof AuditService> {
  constructor(@Inject(AuditReader) private readonly audit: AuditReader) {}

  async listAuditEntries(req: ListAuditEntriesRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.audit.list(principal, req);
    return {
      auditEntries: items.map(({ createdAt, ...entry }) => ({
        ...entry,
        createTime: timestampFromDate(createdAt),
      })),
      nextPageToken,
    };
  }
}
