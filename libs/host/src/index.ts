export { ArtifactSweep } from './artifact-sweep.js';
export { provideWithClients } from './clients.provider.js';
export { Commands } from './commands.js';
export { EventConsumer } from './event-consumer.js';
export { Purger } from './deletion/purger.js';
export { followSetting, type FollowOptions, tlsFault } from './follow-setting.js';
export { Host, type HostRole } from './host.js';
export { HostModule, type HostParts } from './host.module.js';
export { JobWorker } from './job-worker.js';
export { ARTIFACT_STORE, SETTINGS } from './tokens.js';
export { migrateService, type MigrateServiceOptions } from './migrate-service.js';
export {
  type Monitoring,
  type MonitoringOptions,
  type ProcessProbes,
  startMonitoring,
} from './monitoring.js';
export { operateService, type OperatorOutcome, runOperator, SERVICE_COMMANDS } from './operator/operator.js';
export type { ArtifactReport } from './operator/verify-artifacts.command.js';
export { runMigration, runProcess, runService, runWorkerProcess } from './run.js';
export { serviceUrl } from './service-url.js';
export { parseServiceName, ServiceClients, type ServiceClientsOptions } from './service-clients.js';
export type { SweepParts } from './service-artifacts.js';
export { defineService, type ServiceDefinition } from './service-definition.js';
export {
  apiSettings,
  databaseSettings,
  toDevice,
  engineSettings,
  heavySettings,
  type HostConfig,
  migrationSettings,
  monitoringSettings,
  processSettings,
  serverSettings,
  storeSettings,
  trustSettings,
  workerSettings,
} from './settings.js';
export { type RunningApp, startService, startWorker, type StartOptions } from './start.js';
export { WorkspaceProjects } from './workspace-projects.js';
