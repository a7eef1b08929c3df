import type { DatasetsConfig } from './config.js';
import type { Isolation } from './runner/isolation.js';
import { chooseIsolation } from './runner/isolation.registry.js';

/** What user code runs in, by the settings. */
export const isolationOf = (config: DatasetsConfig): Isolation => chooseIsolation(config, {
  roots: config.trustedIntegrations ? [] : config.integrationRoots, memoryBytes: config.integrationMemoryMb * 2 ** 20, cpuMs: config.integrationCpuSeconds * 1000,
  tasks: config.integrationProcesses, tmpBytes: config.integrationTmpMb * 2 ** 20,
});
