import type { Revised } from '../revision/revision.js';

/** Charts of a project as a document of the grammar of dashboards. */
export interface Dashboard extends Revised {
  readonly projectId: string;
  /** Unique in the project. */
  readonly displayName: string;
  /** YAML that parses. */
  readonly document: string;
  /** Subject of the token that it was created with. */
  readonly createdBy: string;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export type NewDashboard = Omit<Dashboard, 'revision' | 'createTime' | 'updateTime'>;
