import { type DescService, getOption } from '@bufbuild/protobuf';
import { audit_title as auditTitle } from './gen/noema/type/v1/access_pb.js';

/** A change that the audit log can have entries of. */
export interface AuditAction {
  /** Full name of the RPC. */
  readonly action: string;
  /** Name for people, such as `Delete project`. */
  readonly title: string;
}

/** Returns the changes that services let callers make, in the order of the services. */
export const auditActions = (services: readonly DescService[]): AuditAction[] =>
  services.flatMap((service) =>
    service.methods.flatMap((method) => {
      const title = getOption(method, auditTitle);
      return title === '' ? [] : [{ action: `${service.typeName}/${method.name}`, title }];
    }),
  );
