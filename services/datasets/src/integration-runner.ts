import type { ArtifactStore } from '@noema/artifacts';
import type { DatasetsConfig } from './config.js';
import { CodeSource } from './runner/code.source.js';
import { chooseIsolation } from './runner/isolation.registry.js';
import { ProcessRunner } from './runner/process-runner.js';
import { StoredBundles } from './store/bundle.store.js';

/** What runs user code, by the settings. */
export function runnerOf(config: DatasetsConfig, store: ArtifactStore): ProcessRunner {
  const roots = config.trustedIntegrations ? undefined : config.integrationRoots;
  const isolation = chooseIsolation(config, {
    roots: roots ?? [], memoryBytes: config.integrationMemoryMb * 2 ** 20, cpuMs: config.integrationCpuSeconds * 1000, tasks: config.integrationProcesses, tmpBytes: config.integrationTmpMb * 2 ** 20,
  });
  return new ProcessRunner({ isolation, code: new CodeSource({ bundles: new StoredBundles(store), roots }), networkAllowed: config.integrationNetwork === 'allowed' });
}
