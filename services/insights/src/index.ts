import { fileURLToPath } from 'node:url';
import { eventsMigrations } from '@noema/events';
import { defineService } from '@noema/host';
import { jobsMigrations } from '@noema/jobs';
import { AppModule } from './app.module.js';
import { insightsSettings } from './config.js';
import { ownArtifacts } from './own-artifacts.js';
import { WorkerModule } from './worker.module.js';

/** The insights service: searches for insights, insights, audits. */
export const insights = defineService({
  name: 'insights',
  settings: insightsSettings,
  migrations: [eventsMigrations, jobsMigrations, fileURLToPath(new URL('../../migrations', import.meta.url))],
  app: (host) => AppModule.register(host),
  worker: (host) => WorkerModule.register(host),
  artifacts: ownArtifacts,
});
