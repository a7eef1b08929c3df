import type { IntegrationReport } from '@noema/integration';
import { UserProcess } from './user-process.js';
import type { PackageFolder } from './isolation.js';
import { requireRuntime } from './runtimes/runtime.registry.js';
import type { Interpreters } from './runtimes/runtime.js';
import { TrustedIsolation } from './trusted.isolation.js';

export interface CheckModuleOptions {
  /** Samples of each split; all at the most. */
  readonly samples: number;
  readonly interpreters?: Interpreters;
  /** Folder of the packages of its environment. */
  readonly packages?: PackageFolder;
  readonly signal: AbortSignal;
}

/** Number of samples that stands for all: more than a dataset version can have. */
const ALL = 10_000_000;
/** Longest time that a timer can wait; a user who waits at a terminal ends it. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * Runs every handler of a module of this machine on some samples of each split, in a process of its own that
 * may do all that its user may; what it prints goes to standard error. Throws as `UserProcess.call`,
 * `invalid` MODULE_PATH_INVALID, `precondition` INTEGRATION_RUNTIME_UNAVAILABLE.
 */
export async function checkModule(
  path: string,
  { samples, interpreters, packages, signal }: CheckModuleOptions,
): Promise<IntegrationReport> {
  const launched = await new TrustedIsolation(interpreters).launch({
    runtime: requireRuntime(path),
    code: { kind: 'module', path },
    packages,
    network: true,
  });
  for (const stream of [launched.child.stdout, launched.child.stderr])
    stream?.pipe(process.stderr, { end: false });
  const integration = new UserProcess(launched);
  try {
    const params = { samples: Math.min(samples, ALL), secrets: {} };
    return (await integration.call('check', params, { signal, stallMs: NEVER_MS })).result;
  } finally {
    integration.kill();
  }
}
