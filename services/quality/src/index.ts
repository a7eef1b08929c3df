import { fileURLToPath } from 'node:url';
import { eventsMigrations } from '@noema/events';
import { defineService } from '@noema/host';
import { jobsMigrations } from '@noema/jobs';
import { AppModule } from './app.module.js';
import { qualitySettings } from './config.js';
import { WorkerModule } from './worker.module.js';

/** The quality service: dashboards, suites of tests, results, issues and comments of projects. */
export const quality = defineService({
  name: 'quality',
  settings: qualitySettings,
  migrations: [eventsMigrations, jobsMigrations, fileURLToPath(new URL('../../migrations', import.meta.url))],
  app: (host) => AppModule.register(host),
  worker: (host) => WorkerModule.register(host),
});
