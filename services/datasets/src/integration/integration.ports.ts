import type { IntegrationReport } from './integration-report.js';
import type { IntegrationCode } from './integration.js';

/** Opens the secrets that an integration declares: their values by name, when a process needs them. */
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
   * INTEGRATION_LOAD_FAILED or INTEGRATION_NOT_EXPORTED, WHEEL_INVALID, WHEEL_UNFIT, `precondition`
   * MODULE_PATH_OUTSIDE_ROOTS.
   */
  load(
    source: Pick<IntegrationCode, 'modulePath' | 'bundle' | 'wheels' | 'data'>,
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
