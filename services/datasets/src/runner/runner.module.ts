import type { Provider } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { BundleStore } from '../bundle/bundle.store.js';
import type { DatasetsConfig, IsolationConfig } from '../config.js';
import { DataStore } from '../data/data.store.js';
import { environmentWork } from '../environment/environment.module.js';
import { EnvironmentStore } from '../environment/environment.store.js';
import { CodeSource } from './code.source.js';
import type { Isolation } from './isolation.js';
import { chooseIsolation } from './isolation.registry.js';
import { ProcessRunner } from './process-runner.js';

type Limits = Pick<DatasetsConfig, 'integrationMemoryMb'> & { readonly checkMs?: number };

const provideRunner = (limit: (config: DatasetsConfig) => Limits): Provider[] => [
  BundleStore,
  ...environmentWork,
  {
    provide: ProcessRunner,
    inject: [SETTINGS, BundleStore, EnvironmentStore, DataStore],
    useFactory: (
      config: DatasetsConfig,
      bundles: BundleStore,
      environments: EnvironmentStore,
      data: DataStore,
    ) => {
      const { checkMs, ...limits } = limit(config);
      return new ProcessRunner({
        isolation: createIsolation({ ...config, ...limits }),
        code: new CodeSource({ bundles, environments, data, roots: listRoots(config) }),
        networkAllowed: config.integrationNetwork === 'allowed',
        ...(checkMs !== undefined && { checkMs }),
      });
    },
  },
];

/** Providers of the workers that run user code. */
export const runnerWork = provideRunner((config) => config);

/** Providers of the API, which runs user code for checks alone: within less memory and time. */
export const runnerApi = provideRunner(({ integrationMemoryMb, checkMemoryMb, checkSeconds }) => ({
  integrationMemoryMb: Math.min(integrationMemoryMb, checkMemoryMb),
  checkMs: checkSeconds * 1000,
}));

/** Creates the isolation that the settings choose, with their limits. */
export const createIsolation = (config: IsolationConfig): Isolation =>
  chooseIsolation(config, {
    roots: listRoots(config) ?? [],
    memoryBytes: config.integrationMemoryMb * 2 ** 20,
    cpuMs: config.integrationCpuSeconds * 1000,
    tasks: config.integrationProcesses,
    tmpBytes: config.integrationTmpMb * 2 ** 20,
    interpreters: config.python === undefined ? {} : { python: config.python },
  });

const listRoots = ({
  trustedIntegrations,
  integrationRoots,
}: IsolationConfig): readonly string[] | undefined => (trustedIntegrations ? undefined : integrationRoots);
