/** One change that somebody made. */
export interface AuditEntry {
  readonly id: string;
  readonly subject: string;
  /** Full name of the RPC. */
  readonly action: string;
  /** Type and id of what was changed, `project/0198…`. */
  readonly resource: string;
  readonly details: Readonly<Record<string, string>>;
  readonly createTime: Date;
}
