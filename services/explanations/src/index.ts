import { fileURLToPath } from 'node:url';
import { eventsMigrations } from '@noema/events';
import { defineService } from '@noema/host';
import { jobsMigrations } from '@noema/jobs';
import { AppModule } from './app.module.js';
import { explanationsSettings } from './config.js';
import { ownArtifacts } from './own-artifacts.js';
import { WorkerModule } from './worker.module.js';

export { explanationsSettings } from './config.js';

/**
 * The explanations service: why the model says what it says about a sample, and what makes two samples alike.
 */
export const explanations = defineService({
  name: 'explanations',
  settings: explanationsSettings,
  migrations: [eventsMigrations, jobsMigrations, fileURLToPath(new URL('../../migrations', import.meta.url))],
  app: (host) => AppModule.register(host),
  worker: (host) => WorkerModule.register(host),
  artifacts: ownArtifacts,
});
