import type { Page, PageQuery } from '@noema/kernel';
import type { Project } from './project.js';

/** The projects of the current transaction's team. */
export interface ProjectRepository {
  find(id: string): Promise<Project | undefined>;
  list(query: PageQuery): Promise<Page<Project>>;
  count(): Promise<number>;
  /** Throws `exists` PROJECT_NAME_TAKEN. */
  add(teamId: string, project: Project): Promise<void>;
  /** Throws `exists` PROJECT_NAME_TAKEN. */
  save(project: Project): Promise<void>;
  delete(id: string): Promise<void>;
}
