import type { ArtifactRef, Page, PageQuery } from '@noema/kernel';
import type { Integration, IntegrationCode, IntegrationId } from './integration.js';
import type { IntegrationReport } from './integration-report.js';

/** The integrations of the team of the ambient transaction. */
export interface IntegrationRepository {
  insert(integration: Integration): Promise<void>;
  find(id: string): Promise<Integration | undefined>;
  list(projectId: string, query: PageQuery): Promise<Page<Integration>>;
  /** False when there was none. */
  delete(id: IntegrationId): Promise<boolean>;
}

/** Values of secrets by name, asked for when a process needs them. */
export type OpenSecrets = () => Promise<Readonly<Record<string, string>>>;

/** Runs user code apart from this process. */
export interface IntegrationRunner {
  /**
   * Throws `precondition` INTEGRATION_ISOLATION_UNAVAILABLE where user code cannot run,
   * MODULE_PATH_OUTSIDE_ROOTS or INTEGRATION_NETWORK_REFUSED for code that may not.
   */
  requireRunnable(code: Pick<IntegrationCode, 'modulePath' | 'bundle' | 'hosts'>): Promise<void>;
  /**
   * Loads the code without running a handler. Throws `invalid` MODULE_PATH_INVALID, BUNDLE_INVALID,
   * INTEGRATION_LOAD_FAILED or INTEGRATION_NOT_EXPORTED, `precondition` MODULE_PATH_OUTSIDE_ROOTS.
   */
  load(
    source: Pick<IntegrationCode, 'modulePath' | 'bundle'>,
    signal: AbortSignal,
  ): Promise<{ readonly name: string } & Pick<IntegrationCode, 'digest' | 'hosts' | 'secrets'>>;
  /** Runs every handler on up to `samples` samples of each split. */
  check(
    code: IntegrationCode,
    samples: number,
    secrets: OpenSecrets,
    signal: AbortSignal,
  ): Promise<IntegrationReport>;
}

/** Uploaded code. */
export interface Bundles {
  /** Checks and keeps a bundle. Throws `invalid` BUNDLE_INVALID. */
  put(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef>;
  /**
   * The bundle that a request names. Throws `not-found` BUNDLE_NOT_FOUND for one that is not the project's.
   */
  mustExist(teamId: string, projectId: string, bundle: ArtifactRef): Promise<ArtifactRef>;
}

/** The secrets of the workspace. */
export interface Secrets {
  /** Their values; each opening is in the audit log. Throws `not-found` SECRET_NOT_FOUND. */
  open(teamId: string, names: readonly string[], purpose: string): Promise<Readonly<Record<string, string>>>;
}

/** The projects of the workspace. */
export interface Projects {
  /** Throws `not-found` when the team has no such project. */
  mustExist(teamId: string, projectId: string): Promise<void>;
}
