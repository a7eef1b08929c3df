import { DomainError, isUuid } from '@noema/kernel';
import type { Noema } from '../noema.js';
import type { CommandContext } from './command-context.js';

/** A string literal of the filter language. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;

const notFound = (noun: string, name: string, list: string): DomainError =>
  new DomainError('not-found', 'NAME_NOT_FOUND', `no ${noun} of this project has the name or id "${name}"; \`noema ${list} list\` lists them`);

/** Id of the newest dataset version with a name, or the id itself. Throws `not-found` NAME_NOT_FOUND. */
export async function datasetVersionId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  if (isUuid(name)) return name;
  const newest = { projectId: await context.projectId(noema), filter: `display_name = ${quoted(name)}`, orderBy: 'create_time desc', pageSize: 1 };
  const [version] = (await noema.datasets.listDatasetVersions(newest)).datasetVersions;
  if (version === undefined) throw notFound('dataset version', name, 'datasets');
  return version.id;
}

/** Id of the latest version of the model with a name, or the id itself. Throws `not-found` NAME_NOT_FOUND. */
export async function modelVersionId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  if (isUuid(name)) return name;
  const [model] = (await noema.models.listModels({ projectId: await context.projectId(noema), filter: `display_name = ${quoted(name)}`, pageSize: 1 })).models;
  if (model === undefined) throw notFound('model', name, 'models');
  return model.latestVersionId;
}

/** Id of the newest run with a name, or the id itself. Throws `not-found` NAME_NOT_FOUND. */
export async function runId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  if (isUuid(name)) return name;
  const newest = { projectId: await context.projectId(noema), filter: `display_name = ${quoted(name)}`, orderBy: 'create_time desc', pageSize: 1 };
  const [run] = (await noema.runs.listRuns(newest)).runs;
  if (run === undefined) throw notFound('run', name, 'runs');
  return run.id;
}

/** Id of the map of a run's last epoch, found by the run's name, or the id of an exploration itself. Throws `not-found` NAME_NOT_FOUND. */
export async function explorationId(context: CommandContext, noema: Noema, name: string): Promise<string> {
  if (isUuid(name)) return name;
  const projectId = await context.projectId(noema);
  const last = { projectId, runId: await runId(context, noema, name), filter: 'automatic = true', orderBy: 'epoch desc', pageSize: 1 };
  const [exploration] = (await noema.explorations.listExplorations(last)).explorations;
  if (exploration === undefined) throw new DomainError('not-found', 'MAP_NOT_FOUND', `the run "${name}" has no map yet; \`noema runs watch\` shows how far it is`);
  return exploration.id;
}
