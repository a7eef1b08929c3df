/** One modelling task of a team. */
export interface Project {
  readonly id: string;
  /** Unique in the team. */
  readonly displayName: string;
  readonly description: string;
  readonly createTime: Date;
  readonly updateTime: Date;
}
