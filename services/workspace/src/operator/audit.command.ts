import { create, type JsonValue, toJson } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { AuditEntrySchema } from '@noema/contracts/noema/workspace/v1/audit_entry';
import { AuditService } from '../audit/audit.service.js';
import { actorIn, type OperatorCommand } from './operator-command.js';

const PAGE = 1000;

export const exportAudit: OperatorCommand = {
  key: 'export-audit',
  doc: 'prints the audit log of a team, newest first, also of one that was deleted',
  options: {
    team: { required: true, value: 'UUID', doc: 'id of the team' },
    filter: {
      value: 'TEXT',
      doc:
        'condition such as `subject = "…" AND create_time > "2026-01-01T00:00:00Z"`; all entries without ' +
        'it',
    },
  },
  run: async (services, given) => {
    const entries: JsonValue[] = [];
    let pageToken = '';
    do {
      const page = await services.get(AuditService).list(actorIn(given), {
        pageSize: PAGE,
        pageToken,
        filter: given['filter'] ?? '',
        orderBy: '',
      });
      entries.push(
        ...page.items.map(({ createTime, ...entry }) =>
          toJson(
            AuditEntrySchema,
            create(AuditEntrySchema, { ...entry, createTime: timestampFromDate(createTime) }),
          ),
        ),
      );
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return { auditEntries: entries };
  },
};
