import type { Page, PageQuery } from '@noema/kernel';
import type { Integration, IntegrationId } from './integration.js';
import type { IntegrationReport } from './integration-report.js';

/** The integrations of the team of the ambient transaction. */
export interface IntegrationRepository {
  insert(integration: Integration): Promise<void>;
  find(id: string): Promise<Integration | undefined>;
  list(projectId: string, query: PageQuery): Promise<Page<Integration>>;
  /** False when there was none. */
  delete(id: IntegrationId): Promise<boolean>;
}

/** Runs user code apart from this process. */
export interface IntegrationRunner {
  /** Loads the module without running a handler. Throws `invalid` MODULE_PATH_INVALID, INTEGRATION_LOAD_FAILED or INTEGRATION_NOT_EXPORTED. */
  load(modulePath: string, signal: AbortSignal): Promise<{ readonly name: string; readonly digest: string }>;
  /** Runs every handler on up to `samples` samples of each split. */
  check(modulePath: string, samples: number, signal: AbortSignal): Promise<IntegrationReport>;
}

/** The projects of the workspace. */
export interface Projects {
  /** Throws `not-found` when the team has no such project. */
  mustExist(teamId: string, projectId: string): Promise<void>;
}
