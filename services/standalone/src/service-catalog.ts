import { type RunningApp, type ServiceDefinition, type StartOptions, startService } from '@noema/host';
import { bundled } from './bundled.js';

type Start = (env: Readonly<Record<string, string>>, options: StartOptions) => Promise<RunningApp<unknown>>;

/** One service of the platform and how it is run. */
export interface CatalogEntry {
  readonly name: string;
  /** Starts the application in this process; loads it only then. */
  readonly start: Start;
  /** Worker processes for a number of cores; 0 for a service without heavy work. */
  readonly workers: (cores: number) => number;
}

const none = (): number => 0;
const one = (): number => 1;
const perCore = (cores: number): number => cores;

const served = (load: () => Promise<object>): Start => async (env, options) => startService(declarationOf(await load()), env, options);

export const GATEWAY: CatalogEntry = { name: 'gateway', start: async (env, options) => (await import('@noema/gateway')).startGateway(env, options), workers: none };

export const WORKSPACE: CatalogEntry = { name: 'workspace', start: served(() => import('@noema/workspace')), workers: none };

/** Every service behind the gateway. */
export const SERVICES: readonly CatalogEntry[] = [
  WORKSPACE,
  { name: 'datasets', start: served(() => import('@noema/datasets')), workers: one },
  { name: 'training', start: served(() => import('@noema/training')), workers: one },
  { name: 'activations', start: served(() => import('@noema/activations')), workers: perCore },
  { name: 'similarity', start: served(() => import('@noema/similarity')), workers: one },
  { name: 'projection', start: served(() => import('@noema/projection')), workers: one },
  { name: 'explanations', start: served(() => import('@noema/explanations')), workers: one },
];

/** Bundled entry point of a service, as its containers run it. */
export const entryPoint = (name: string, file: 'main' | 'worker' | 'migrate' | 'operate'): string => bundled(`${name}-${file}`);

/** The one declaration that a service package exports. */
function declarationOf(module: object): ServiceDefinition {
  const found = Object.values(module).find((value: unknown): value is ServiceDefinition => typeof value === 'object' && value !== null && 'migrations' in value && 'settings' in value);
  if (found === undefined) throw new Error('a service package exports no declaration');
  return found;
}
