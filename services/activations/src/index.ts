import { fileURLToPath } from 'node:url';
import { eventsMigrations } from '@noema/events';
import { defineService } from '@noema/host';
import { jobsMigrations } from '@noema/jobs';
import { AppModule } from './app.module.js';
import { activationsSettings } from './config.js';
import { ownArtifacts } from './own-artifacts.js';
import { WorkerModule } from './worker.module.js';

export { activationsSettings } from './config.js';

/**
 * The activations service: responses of all units to all samples, and the perception vectors made of them.
 */
export const activations = defineService({
  name: 'activations',
  settings: activationsSettings,
  migrations: [eventsMigrations, jobsMigrations, fileURLToPath(new URL('../../migrations', import.meta.url))],
  app: (host) => AppModule.register(host),
  worker: (host) => WorkerModule.register(host),
  artifacts: ownArtifacts,
});
