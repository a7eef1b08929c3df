/** A credential for raw data. Its value can be written and never read. */
export interface Secret {
  readonly id: string;
  /** By which integrations ask for it, unique in the team. */
  readonly name: string;
  readonly createTime: Date;
  /** When the value was last written. */
  readonly updateTime: Date;
}
