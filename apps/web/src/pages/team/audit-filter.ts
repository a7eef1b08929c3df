import { formatText } from '@noema/kernel/filter-language';

/** Filter of the log. */
export interface AuditFilter {
  /** Id of a member; empty for everybody. */
  readonly subject: string;
  /** Full name of an RPC; empty for all. */
  readonly action: string;
  /** Maximum age of changes in days; 0 for all. */
  readonly days: number;
}

/** The filter in the language of the API. */
export function auditFilter({ subject, action, days }: AuditFilter, nowMs: number): string {
  return [
    ...(subject === '' ? [] : [`subject = ${formatText(subject)}`]),
    ...(action === '' ? [] : [`action = ${formatText(action)}`]),
    ...(days === 0
      ? []
      : [`create_time >= ${formatText(new Date(nowMs - days * 86_400_000).toISOString())}`]),
  ].join(' AND ');
}
