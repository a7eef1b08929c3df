import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@noema/host';

/** One service of the platform and how it is run. */
export interface CatalogEntry {
  readonly name: string;
  /** Loads the declaration; called only where the application runs in this process. */
  readonly load: () => Promise<ServiceDefinition>;
  /** Worker processes for a number of cores; 0 for a service without heavy work. */
  readonly workers: (cores: number) => number;
}

const none = (): number => 0;
const one = (): number => 1;
const perCore = (cores: number): number => cores;

/** Every service, the gateway last: it opens the door when the others are there. */
export const SERVICES: readonly CatalogEntry[] = [
  { name: 'workspace', load: () => declarationOf(import('@noema/workspace')), workers: none },
  { name: 'datasets', load: () => declarationOf(import('@noema/datasets')), workers: one },
  { name: 'training', load: () => declarationOf(import('@noema/training')), workers: one },
  { name: 'activations', load: () => declarationOf(import('@noema/activations')), workers: perCore },
  { name: 'similarity', load: () => declarationOf(import('@noema/similarity')), workers: one },
  { name: 'projection', load: () => declarationOf(import('@noema/projection')), workers: one },
  { name: 'explanations', load: () => declarationOf(import('@noema/explanations')), workers: one },
  { name: 'gateway', load: () => declarationOf(import('@noema/gateway')), workers: none },
];

/** Compiled entry point of a service: what its container runs. */
export const entryPoint = (name: string, file: 'main' | 'worker'): string => fileURLToPath(new URL(`./${file}.js`, import.meta.resolve(`@noema/${name}`)));

async function declarationOf(module: Promise<object>): Promise<ServiceDefinition> {
  const found = Object.values(await module).find((value: unknown): value is ServiceDefinition => typeof value === 'object' && value !== null && 'migrations' in value && 'settings' in value);
  if (found === undefined) throw new Error('a service package exports no declaration');
  return found;
}
