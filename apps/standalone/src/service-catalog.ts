import type { RunningApp, ServiceDefinition, StartOptions } from '@noema/host';
import type * as z from 'zod';
import { bundled } from './bundled.js';

type Start = (env: Readonly<Record<string, string>>, options: StartOptions) => Promise<RunningApp<unknown>>;

/** One service of the platform and how it is run. */
export interface CatalogEntry {
  readonly name: string;
  /** Reads the code of the application, before it is needed. */
  readonly load: () => Promise<unknown>;
  /** Its settings. */
  readonly settings: () => Promise<z.ZodObject>;
  /** Starts the application in this process. */
  readonly start: Start;
  /** Worker processes for a number of cores; 0 for a service without heavy work. */
  readonly workers: (cores: number) => number;
  /** False for a service whose rows name no artifacts. */
  readonly hasArtifacts: boolean;
  /** Shards that a worker of a laptop runs at the same time; one when left out. */
  readonly shardsAtOnce?: number;
}

const none = (): number => 0;
const one = (): number => 1;
/** Each runs its model on several cores: a process of its own for every core would open every model again. */
const perTwoCores = (cores: number): number => Math.max(1, Math.floor(cores / 2));

const served = (
  load: () => Promise<object>,
): Pick<CatalogEntry, 'load' | 'settings' | 'start' | 'hasArtifacts'> => ({
  load,
  hasArtifacts: true,
  settings: async () => findDeclaration(await load()).settings,
  start: async (env, options) =>
    (await import('@noema/host')).startService(findDeclaration(await load()), env, options),
});

export const GATEWAY: CatalogEntry = {
  name: 'gateway',
  load: () => import('@noema/gateway'),
  settings: async () => (await import('@noema/gateway')).gatewaySettings,
  start: async (env, options) => (await import('@noema/gateway')).startGateway(env, options),
  workers: none,
  hasArtifacts: false,
};

export const WORKSPACE: CatalogEntry = {
  name: 'workspace',
  ...served(() => import('@noema/workspace')),
  workers: none,
  hasArtifacts: false,
};

/** Every service behind the gateway. */
export const SERVICES: readonly CatalogEntry[] = [
  WORKSPACE,
  { name: 'datasets', ...served(() => import('@noema/datasets')), workers: one },
  { name: 'training', ...served(() => import('@noema/training')), workers: one },
  {
    name: 'activations',
    ...served(() => import('@noema/activations')),
    workers: perTwoCores,
    shardsAtOnce: 2,
  }, // one is read and written while the model runs on the other
  { name: 'similarity', ...served(() => import('@noema/similarity')), workers: one },
  { name: 'projection', ...served(() => import('@noema/projection')), workers: one },
  { name: 'explanations', ...served(() => import('@noema/explanations')), workers: one },
  { name: 'insights', ...served(() => import('@noema/insights-service')), workers: one },
  { name: 'quality', ...served(() => import('@noema/quality')), workers: one, hasArtifacts: false },
];

/** Bundled entry point of a service, as its containers run it. */
export const entryPoint = (name: string, file: 'main' | 'worker' | 'migrate' | 'operate'): string =>
  bundled(`${name}-${file}`);

/** The one declaration that a service package exports. */
function findDeclaration(module: object): ServiceDefinition {
  const found = Object.values(module).find(
    (value: unknown): value is ServiceDefinition =>
      typeof value === 'object' && value !== null && 'migrations' in value && 'settings' in value,
  );
  if (found === undefined) throw new Error('a service package exports no declaration');
  return found;
}
