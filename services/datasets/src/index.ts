import { fileURLToPath } from 'node:url';
import { eventsMigrations } from '@noema/events';
import { defineService } from '@noema/host';
import { jobsMigrations } from '@noema/jobs';
import { AppModule } from './app.module.js';
import { datasetsSettings } from './config.js';
import { ownArtifacts } from './own-artifacts.js';
import { WorkerModule } from './worker.module.js';

/** The datasets service: integrations, dataset versions, samples. */
export const datasets = defineService({
  name: 'datasets',
  settings: datasetsSettings,
  migrations: [eventsMigrations, jobsMigrations, fileURLToPath(new URL('../../migrations', import.meta.url))],
  app: (host) => AppModule.register(host),
  worker: (host) => WorkerModule.register(host),
  artifacts: ownArtifacts,
});

export { buildEnvironment, requireWheels } from './environment/environment.builder.js';
export { requirementsNotLocked } from './environment/environment.errors.js';
export { platformTags, type PythonDescription } from './environment/python.description.js';
export {
  canonicalName,
  parseRequirements,
  type Requirement,
  sameVersion,
  unmetRequirements,
} from './environment/requirements.js';
export { parseWheelName } from './environment/wheel.name.js';
export { describeInterpreter } from './runner/runtimes/python.js';
export { checkModule, type CheckModuleOptions } from './runner/check-module.js';
export { requireIsolation } from './runner/require-isolation.js';
