import type { ArtifactStore } from '@noema/artifacts';
import type { DatasetsConfig, IsolationConfig } from '../config.js';
import { CodeSource } from './code.source.js';
import type { Isolation } from './isolation.js';
import { chooseIsolation } from './isolation.registry.js';
import { ProcessRunner } from './process-runner.js';
import { StoredBundles } from '../bundle/bundle.store.js';

/** Runs user code as the settings say. */
export function runnerOf(config: DatasetsConfig, store: ArtifactStore): ProcessRunner {
  const code = new CodeSource({ bundles: new StoredBundles(store), roots: rootsOf(config) });
  return new ProcessRunner({
    isolation: isolationOf(config),
    code,
    networkAllowed: config.integrationNetwork === 'allowed',
  });
}

/** Runs user code in the API, for checks alone: within less memory and time than a worker gives it. */
export function checkRunnerOf(config: DatasetsConfig, store: ArtifactStore): ProcessRunner {
  const code = new CodeSource({ bundles: new StoredBundles(store), roots: rootsOf(config) });
  const isolation = isolationOf({
    ...config,
    integrationMemoryMb: Math.min(config.integrationMemoryMb, config.checkMemoryMb),
  });
  return new ProcessRunner({
    isolation,
    code,
    networkAllowed: config.integrationNetwork === 'allowed',
    checkMs: config.checkSeconds * 1000,
  });
}

/** The isolation that the settings choose, with their limits. */
export const isolationOf = (config: IsolationConfig): Isolation =>
  chooseIsolation(config, {
    roots: rootsOf(config) ?? [],
    memoryBytes: config.integrationMemoryMb * 2 ** 20,
    cpuMs: config.integrationCpuSeconds * 1000,
    tasks: config.integrationProcesses,
    tmpBytes: config.integrationTmpMb * 2 ** 20,
  });

const rootsOf = ({
  trustedIntegrations,
  integrationRoots,
}: IsolationConfig): readonly string[] | undefined => (trustedIntegrations ? undefined : integrationRoots);
