import { fileURLToPath } from 'node:url';
import { eventsMigrations } from '@noema/events';
import { defineService } from '@noema/host';
import { jobsMigrations } from '@noema/jobs';
import { AppModule } from './app.module.js';
import { similaritySettings } from './config.js';
import { ownArtifacts } from './own-artifacts.js';
import { WorkerModule } from './worker.module.js';

/** The similarity service: indexes, neighbour graphs, fetch similar. */
export const similarity = defineService({
  name: 'similarity',
  settings: similaritySettings,
  migrations: [eventsMigrations, jobsMigrations, fileURLToPath(new URL('../../migrations', import.meta.url))],
  app: (host) => AppModule.register(host),
  worker: (host) => WorkerModule.register(host),
  artifacts: ownArtifacts,
});
