import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { helm } from '../src/helm.program.js';
import { packCharts } from '../src/pack-charts.js';

/** An object of Kubernetes, as a chart wrote it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: any;
  readonly data?: Record<string, string>;
}

/**
 * The sets of values that are rendered and installed; a set is the files that are given, the later one
 * winning.
 */
export const VALUES = {
  minimal: ['minimal'],
  external: ['external'],
  production: ['production'],
  gpu: ['production', 'gpu'],
} as const satisfies Record<string, readonly string[]>;
export type ValuesName = keyof typeof VALUES;
export const VALUES_NAMES = Object.keys(VALUES) as ValuesName[];

let packed: Promise<{ charts: string; home: string }> | undefined;

/** The charts with their dependencies, made once. */
export const charts = (): Promise<{ charts: string; home: string }> =>
  (packed ??= mkdtemp(join(tmpdir(), 'noema-charts-')).then(async (home) => {
    process.once('exit', () => {
      rmSync(home, { recursive: true, force: true });
    });
    return { charts: await packCharts(home), home };
  }));

export const valueArgs = (folder: string, name: ValuesName): string[] =>
  VALUES[name].flatMap((file) => ['--values', join(folder, 'noema', 'values', `${file}.yaml`)]);

/** The umbrella with one of the sets of values, hooks and tests included. */
export async function rendered(name: ValuesName, more: readonly string[] = []): Promise<KubeObject[]> {
  const { charts: folder, home } = await charts();
  return objectsIn(
    await helm(
      [
        'template',
        'noema',
        join(folder, 'noema'),
        '--namespace',
        'noema',
        '--kube-version',
        '1.34.4',
        ...valueArgs(folder, name),
        ...more,
      ],
      { home },
    ),
  );
}

export const objectsIn = (text: string): KubeObject[] =>
  parseAllDocuments(text)
    .map((document) => document.toJSON() as KubeObject | null)
    .filter((object): object is KubeObject => object !== null);

/** The pod templates of an object: of a Deployment, a Job, a ScaledJob, a Pod. */
export function findPod(
  object: KubeObject,
): { metadata: { labels?: Record<string, string> }; spec: any } | undefined {
  if (object.kind === 'Pod') return object as never;
  if (object.kind === 'ScaledJob') return object.spec.jobTargetRef.template;
  return object.spec?.template?.spec === undefined ? undefined : object.spec.template;
}
