import { fileURLToPath } from 'node:url';
import { eventsMigrations } from '@noema/events';
import { defineService, type ServiceDefinition } from '@noema/host';
import { AppModule } from './app.module.js';
import { workspaceSettings } from './config.js';

/** Teams, members, API keys, projects, the audit log, and the tokens that every service verifies. */
export const workspace: ServiceDefinition<typeof workspaceSettings> = defineService({
  name: 'workspace',
  settings: workspaceSettings,
  migrations: [eventsMigrations, fileURLToPath(new URL('../../migrations', import.meta.url))],
  app: (host) => AppModule.register(host),
});
