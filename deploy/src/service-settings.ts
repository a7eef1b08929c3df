import { activations } from '@noema/activations';
import { type Setting, listSettings } from '@noema/config';
import { datasets } from '@noema/datasets';
import { explanations } from '@noema/explanations';
import { gatewaySettings } from '@noema/gateway';
import { projection } from '@noema/projection';
import { quality } from '@noema/quality';
import { similarity } from '@noema/similarity';
import { insights } from '@noema/insights-service';
import { training } from '@noema/training';
import { workspace } from '@noema/workspace';
import type { ChartName } from './charts.js';

/** Settings of the service behind each chart; the chart of the page has no settings. */
export const SERVICE_SETTINGS: Readonly<Record<ChartName, readonly Setting[]>> = {
  workspace: listSettings(workspace.settings),
  datasets: listSettings(datasets.settings),
  training: listSettings(training.settings),
  activations: listSettings(activations.settings),
  similarity: listSettings(similarity.settings),
  projection: listSettings(projection.settings),
  quality: listSettings(quality.settings),
  explanations: listSettings(explanations.settings),
  insights: listSettings(insights.settings),
  gateway: listSettings(gatewaySettings),
  web: [],
};

/**
 * Settings that the library chart derives from `global`, from Secrets and from the deployment. They cannot be
 * set under `config`.
 */
export const WIRED: ReadonlySet<string> = new Set([
  'logLevel',
  'services',
  'grpcAddress',
  'httpAddress',
  'metricsAddress',
  'authJwks',
  'authPrivateKey',
  'sessionSecret',
  'secretsKey',
  'databaseUrl',
  'databaseAdminUrl',
  'busUrl',
  'busCredentials',
  'busTlsDir',
  'storeUrl',
  'storeAccessKey',
  'storeSecretKey',
  'otlpEndpoint',
  'traceRatio',
  'tlsDir',
  'oidcIssuer',
  'oidcClientId',
  'oidcClientSecret',
  'publicUrl',
  'workerIdleExitMs',
  'integrationIsolation',
  'podRuntimeClass',
  'podImage',
  'podCredentialsDir',
]);

/** Settings under `config` of a chart. */
export const freeSettings = (chart: ChartName): readonly Setting[] =>
  SERVICE_SETTINGS[chart].filter(({ key }) => !WIRED.has(key));
