import type { Provider } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import type { DatasetsConfig } from '../config.js';
import { describeInterpreter } from '../runner/runtimes/python.js';
import { DataStore } from '../data/data.store.js';
import { EnvironmentCache } from './environment.cache.js';
import { EnvironmentService } from './environment.service.js';
import { EnvironmentStore } from './environment.store.js';
import { PYTHON_INTERPRETER, type PythonDescription } from './python.description.js';
import { WheelStore } from './wheel.store.js';

/** Providers of everything that runs user code. */
export const environmentWork: Provider[] = [
  WheelStore,
  DataStore,
  {
    provide: PYTHON_INTERPRETER,
    inject: [SETTINGS],
    useFactory: ({ python }: DatasetsConfig) => once(() => describeInterpreter(python)),
  },
  {
    provide: EnvironmentCache,
    inject: [SETTINGS],
    useFactory: ({ environmentCacheMb }: DatasetsConfig) =>
      new EnvironmentCache(environmentCacheMb * 2 ** 20),
  },
  {
    provide: EnvironmentStore,
    inject: [WheelStore, EnvironmentCache, PYTHON_INTERPRETER],
    useFactory: (wheels: WheelStore, cache: EnvironmentCache, python: () => Promise<PythonDescription>) =>
      new EnvironmentStore(wheels, cache, python),
  },
];

/** Providers of the API, in addition to `environmentWork`. */
export const environmentApi: Provider[] = [EnvironmentService];

/** Calls `find` until it has succeeded once. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () =>
    (found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    }));
}
