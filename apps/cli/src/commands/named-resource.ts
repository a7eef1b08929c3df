import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import type { Model } from '@noema/contracts/noema/training/v1/model';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { DomainError, isUuid } from '@noema/kernel';
import { formatText } from '@noema/kernel/filter-language';
import type { Noema } from '../noema.js';
import type { CommandContext } from './command-context.js';

interface Lookup<T> {
  /** Noun of the resource for messages. */
  readonly noun: string;
  /** The command that lists it. */
  readonly command: string;
  /** One page of what a condition finds. */
  readonly list: (
    noema: Noema,
    query: { projectId: string; filter: string; orderBy: string; pageSize: number },
  ) => Promise<readonly T[]>;
}

/** Resources of the project with a name, the newest first. */
const listNamed = async <T>(
  context: CommandContext,
  noema: Noema,
  name: string,
  { list }: Lookup<T>,
  pageSize: number,
): Promise<readonly T[]> =>
  list(noema, {
    projectId: await context.projectId(noema),
    filter: `display_name = ${formatText(name)}`,
    orderBy: 'create_time desc',
    pageSize,
  });

const nameNotFound = (
  name: string,
  { noun, command }: Pick<Lookup<unknown>, 'noun' | 'command'>,
): DomainError =>
  new DomainError(
    'not-found',
    'NAME_NOT_FOUND',
    `no ${noun} of this project has the name or id "${name}"; \`noema ${command} list\` lists them`,
  );

/** The newest resource of the project with a name. Throws `not-found` NAME_NOT_FOUND. */
async function newest<T>(context: CommandContext, noema: Noema, name: string, lookup: Lookup<T>): Promise<T> {
  const [found] = await listNamed(context, noema, name, lookup, 1);
  if (found === undefined) throw nameNotFound(name, lookup);
  return found;
}

/**
 * Id of the only resource of the project with a name, or the id itself: a deletion takes no other one. Throws
 * `not-found` NAME_NOT_FOUND, `conflict` NAME_AMBIGUOUS.
 */
async function onlyId<T extends { readonly id: string }>(
  context: CommandContext,
  noema: Noema,
  name: string,
  lookup: Lookup<T>,
): Promise<string> {
  if (isUuid(name)) return name;
  const [found, ...others] = await listNamed(context, noema, name, lookup, 1000);
  if (found === undefined) throw nameNotFound(name, lookup);
  if (others.length === 0) return found.id;
  const ids = [found, ...others].map(({ id }) => id).join(', ');
  throw new DomainError(
    'conflict',
    'NAME_AMBIGUOUS',
    `${others.length + 1} resources of \`noema ${lookup.command} list\` have the name "${name}"; give an id: ${ids}`,
  );
}

const DATASETS: Lookup<DatasetVersion> = {
  noun: 'dataset version',
  command: 'datasets',
  list: async (noema, query) => (await noema.datasets.listDatasetVersions(query)).datasetVersions,
};
const MODELS: Lookup<Model> = {
  noun: 'model',
  command: 'models',
  list: async (noema, query) => (await noema.models.listModels(query)).models,
};
const RUNS: Lookup<Run> = {
  noun: 'run',
  command: 'runs',
  list: async (noema, query) => (await noema.runs.listRuns(query)).runs,
};

/** Id of the newest dataset version with a name, or the id itself. Throws `not-found` NAME_NOT_FOUND. */
export async function datasetVersionId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  return isUuid(name) ? name : (await newest(context, noema, name, DATASETS)).id;
}

/** Id of the dataset version that a deletion names. Throws as `onlyId` does. */
export const onlyDatasetVersionId = (context: CommandContext, noema: Noema, name: string): Promise<string> =>
  onlyId(context, noema, name, DATASETS);

/** Id of the run that a deletion names. Throws as `onlyId` does. */
export const onlyRunId = (context: CommandContext, noema: Noema, name: string): Promise<string> =>
  onlyId(context, noema, name, RUNS);

/** Id of the latest version of the model with a name, or the id itself. Throws `not-found` NAME_NOT_FOUND. */
export async function modelVersionId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  return isUuid(name) ? name : (await newest(context, noema, name, MODELS)).latestVersionId;
}

/**
 * Id of the first version of the model with a name, or the id itself: weights that no run has trained. A note names the
 * latest version where it is another one. Throws `not-found` NAME_NOT_FOUND.
 */
export async function firstModelVersionId(
  context: CommandContext,
  noema: Noema,
  name: string,
): Promise<string> {
  if (isUuid(name)) return name;
  const { id: modelId, latestVersionId } = await newest(context, noema, name, MODELS);
  const { modelVersions } = await noema.models.listModelVersions({
    modelId,
    pageSize: 1000,
    orderBy: 'number',
  });
  const first = modelVersions.find(({ state }) => state === JobState.SUCCEEDED)?.id ?? latestVersionId;
  if (first !== latestVersionId)
    context.terminal.note(
      `the training begins with the first version of ${name}; --model ${latestVersionId} goes on with the latest`,
    );
  return first;
}

/** Id of the model with a name, or the id itself. Throws `not-found` NAME_NOT_FOUND. */
export async function modelId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  return isUuid(name) ? name : (await newest(context, noema, name, MODELS)).id;
}

/** Id of the newest run with a name, or the id itself. Throws `not-found` NAME_NOT_FOUND. */
export async function runId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  return isUuid(name) ? name : (await newest(context, noema, name, RUNS)).id;
}

/** Returns the name of a run of the project by its id; the id, if there is no name. */
export async function findRunNames(noema: Noema, projectId: string): Promise<(id: string) => string> {
  const { runs } = await noema.runs.listRuns({ projectId, pageSize: 1000 });
  const names = new Map(runs.map(({ id, displayName }) => [id, displayName]));
  return (id) => names.get(id) ?? id;
}

/** Returns the names of runs, their models and their data; the id, or an empty text, if there is no name. */
export async function loadNames(noema: Noema, projectId: string, runIds: ReadonlySet<string>) {
  const page = { projectId, pageSize: 1000 };
  const [{ runs }, { datasetVersions }, { models }] = await Promise.all([
    noema.runs.listRuns(page),
    noema.datasets.listDatasetVersions(page),
    noema.models.listModels(page),
  ]);
  const runsById = new Map(runs.map((run) => [run.id, run]));
  const dataNames = new Map(datasetVersions.map(({ id, displayName }) => [id, displayName]));
  const modelNames = new Map(models.map(({ id, displayName }) => [id, displayName]));
  const versions = new Set([...runIds].flatMap((id) => runsById.get(id)?.modelVersionId ?? []));
  const modelOfVersion = new Map(
    await Promise.all(
      [...versions].map(async (modelVersionId) => {
        const { modelVersion } = await noema.models.getModelVersion({ modelVersionId });
        return [modelVersionId, modelNames.get(modelVersion!.modelId) ?? ''] as const;
      }),
    ),
  );
  return {
    run: (id: string): string => runsById.get(id)?.displayName ?? id,
    model: (id: string): string => modelOfVersion.get(runsById.get(id)?.modelVersionId ?? '') ?? '',
    data: (id: string): string => dataNames.get(id) ?? id,
  };
}

/**
 * Id of the map of a run's last epoch, found by the run's name, or the id of an exploration itself. Throws
 * `not-found` NAME_NOT_FOUND.
 */
export async function explorationId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  if (isUuid(name)) return name;
  const projectId = await context.projectId(noema);
  const last = {
    projectId,
    runId: await runId(context, noema, name),
    filter: 'automatic = true',
    orderBy: 'epoch desc',
    pageSize: 1,
  };
  const [exploration] = (await noema.explorations.listExplorations(last)).explorations;
  if (exploration === undefined)
    throw new DomainError(
      'not-found',
      'MAP_NOT_FOUND',
      `the run "${name}" has no map yet; \`noema runs watch\` shows how far it is`,
    );
  return exploration.id;
}

/** Returns the suite of a project with a name or id; undefined if no suite has the name. */
export async function findTestSuite(
  noema: Noema,
  projectId: string,
  name: string,
): Promise<TestSuite | undefined> {
  if (isUuid(name)) return (await noema.testSuites.getTestSuite({ testSuiteId: name })).testSuite;
  const filter = `display_name = ${formatText(name.trim())}`;
  return (await noema.testSuites.listTestSuites({ projectId, filter, pageSize: 1 })).testSuites[0];
}

/** As `findTestSuite`, in the project of the command. Throws `not-found` NAME_NOT_FOUND. */
export async function testSuite(context: CommandContext, noema: Noema, name: string): Promise<TestSuite> {
  const suite = await findTestSuite(noema, await context.projectId(noema), name);
  if (suite !== undefined) return suite;
  throw new DomainError(
    'not-found',
    'NAME_NOT_FOUND',
    `no test suite of this project has the name or id "${name}"; \`noema suites list\` lists them`,
  );
}

/** Returns the newest run of the project that succeeded. Throws `not-found` RUN_NOT_FOUND. */
export async function latestRun(context: CommandContext, noema: Noema): Promise<Run> {
  const { runs } = await noema.runs.listRuns({
    projectId: await context.projectId(noema),
    filter: 'state = RUN_STATE_SUCCEEDED',
    orderBy: 'create_time desc',
    pageSize: 1,
  });
  if (runs[0] !== undefined) return runs[0];
  throw new DomainError(
    'not-found',
    'RUN_NOT_FOUND',
    'no run of this project has succeeded; name one with --run, `noema runs list` lists them',
  );
}
