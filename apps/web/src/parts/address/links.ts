import type { SampleAddress } from './sample-key.js';
import { splitName } from './split.js';

/** What stands behind the `?` of a link; undefined and empty values are left out. */
export type LinkParams = Readonly<Record<string, string | number | boolean | undefined>>;

/** Names of units that lead to the overview of a layer. */
export const ALL_UNITS = 'all';

/**
 * Every address of the page, as the router has them; whatever people may choose, such as ids of samples, is
 * escaped.
 */
export const links = {
  signIn: (params?: LinkParams): string => link(['sign-in'], params),
  projects: (): string => '/projects',
  project: (projectId: string, params?: LinkParams): string => link(['projects', projectId], params),
  /** The dashboards of a project. */
  dashboards: (projectId: string): string => link(['projects', projectId, 'dashboards']),
  /** `dashboardId`: `new` for one that is not saved. `params`: as `dashboard.state` writes them. */
  dashboard: (projectId: string, dashboardId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'dashboards', dashboardId], params),
  /** The test suites of a project. */
  tests: (projectId: string): string => link(['projects', projectId], { tab: 'tests' }),
  /** `testSuiteId`: `new` for one that is not saved. `params`: `result` opens its samples, `edit`, `doc`. */
  testSuite: (projectId: string, testSuiteId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'tests', testSuiteId], params),
  /** The issues of a project. */
  issues: (projectId: string): string => link(['projects', projectId], { tab: 'issues' }),
  issue: (projectId: string, issueId: string): string => link(['projects', projectId, 'issues', issueId]),
  /** The insights of a project. `params`: `run`, `kind`, `state`, `hints`. */
  insights: (projectId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'insights'], params),
  /** `params`: `audit` opens its audit. */
  insight: (projectId: string, insightId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'insights', insightId], params),
  dataset: (projectId: string, datasetVersionId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'datasets', datasetVersionId], params),
  model: (projectId: string, modelId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'models', modelId], params),
  job: (projectId: string, service: string, jobId: string): string =>
    link(['projects', projectId, 'jobs', service, jobId]),
  run: (projectId: string, runId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'runs', runId], params),
  /** All runs of a project in one table. `params`: as `run-list.state` writes them. */
  runs: (projectId: string, params?: LinkParams): string => link(['projects', projectId, 'runs'], params),
  population: (projectId: string, runId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'runs', runId, 'population'], params),
  /** `params`: `epoch`, `against`, `split`, `filter`, `focus`, `normalize`. */
  evaluation: (projectId: string, runId: string, params?: LinkParams): string =>
    link(['projects', projectId, 'runs', runId, 'evaluation'], params),
  /** `params`: `epoch`, `tab` (`details`, `analysis`, `similar`). */
  sample: (
    projectId: string,
    runId: string,
    { split, sampleId }: SampleAddress,
    params?: LinkParams,
  ): string => link(['projects', projectId, 'runs', runId, 'samples', splitName(split), sampleId], params),
  /** `unit`: its number, or `ALL_UNITS` for the overview of the layer. `params`: `epoch`. */
  unit: (
    projectId: string,
    runId: string,
    { layer, unit }: { readonly layer: string; readonly unit: number | typeof ALL_UNITS },
    params?: LinkParams,
  ): string => link(['projects', projectId, 'runs', runId, 'layers', layer, 'units', String(unit)], params),
  team: (): string => '/team',
};

function link(parts: readonly string[], params: LinkParams = {}): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  const query =
    given.length === 0
      ? ''
      : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
  return `/${parts.map(encodeURIComponent).join('/')}${query}`;
}
