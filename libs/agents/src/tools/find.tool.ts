import { DomainError } from '@noema/kernel';
import * as z from 'zod';
import type { Answer, Value } from '../answer/answer.js';
import { DataText, sentence, unfence } from '../answer/fence.js';
import { formatJobState, formatRunState, formatSample, formatTime } from '../format.js';
import * as inputs from '../inputs.js';
import { findProject } from '../platform/find-project.js';
import { findRun, quoted } from '../platform/find-run.js';
import type { Platform } from '../platform/platform.js';
import { type AgentContext, defineTool } from '../tool.js';

const PAGE_SIZE = 50;
const KINDS = ['projects', 'runs', 'datasets', 'models', 'maps', 'slices', 'analyses'] as const;

const input = z.strictObject({
  kind: z.enum(KINDS).default('runs').describe('what to list'),
  project: inputs.project,
  name: inputs.name('part of the name; default: all').optional(),
  run: inputs.name('of maps and analyses: only entries of this run, by name or id').optional(),
  dataset: z.uuid().optional().describe('of slices: id of the dataset version'),
  cursor: inputs.cursor,
});
type Input = z.output<typeof input>;

interface Page {
  readonly items: readonly Value[];
  readonly nextToken: string;
}
interface Listing {
  readonly projectId: string;
  readonly runId: string;
  readonly filter: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

export const find = defineTool({
  name: 'find',
  title: 'Find',
  description:
    'Lists projects, runs, datasets, models, maps, slices or analyses with their ids, newest first. Start ' +
    'here when you do not know a name.',
  input,
  readsOnly: true,
  async run(context, given, { token }): Promise<Answer> {
    const { kind } = given;
    if (kind === 'projects') return toAnswer(given, token, await listProjects(context, given, token));
    const project = await findProject(context, given.project);
    const runId =
      given.run === undefined ? '' : (await findRun(context, { project: project.id, run: given.run })).id;
    const listing = {
      projectId: project.id,
      runId,
      filter: nameFilter(given),
      pageSize: PAGE_SIZE,
      pageToken: token,
    };
    const page = await LISTS[kind](context.platform, listing, given.dataset);
    return toAnswer(given, token, page, {
      project: new DataText(project.displayName),
      project_id: project.id,
    });
  },
});

/** Kinds whose lists can be filtered by name. */
const NAMED: ReadonlySet<Input['kind']> = new Set(['projects', 'runs', 'datasets', 'models']);

function nameFilter({ name, kind }: Input): string {
  if (name === undefined) return '';
  if (NAMED.has(kind)) return `display_name : ${quoted(unfence(name))}`;
  throw new DomainError(
    'invalid',
    'NAME_UNUSED',
    `${kind} cannot be searched by name; leave out name, or search ${[...NAMED].join(', ')}`,
  );
}

const toAnswer = (
  { kind, name }: Input,
  token: string,
  { items, nextToken }: Page,
  facts: Answer['facts'] = {},
): Answer => ({
  facts: { kind, ...facts },
  list: {
    items,
    token,
    nextToken,
    whenEmpty: {
      reason: name === undefined ? `there are no ${kind}` : sentence`no name contains ${name}`,
      next_step: NEXT_STEPS[kind],
    },
  },
});

const NEXT_STEPS: Readonly<Record<Input['kind'], string>> = {
  projects: 'ask the person to create a project with `noema projects create NAME`',
  runs: 'look at jobs for runs that wait; a person starts a run with `noema runs create`',
  datasets: 'ask the person for data, which `noema datasets open FOLDER` reads',
  models: 'ask the person for a model, which `noema models import FILE` reads',
  maps: 'look at jobs: a map is computed after each epoch of a run',
  slices: 'use a condition (where) in place of a slice',
  analyses: 'call explain for a sample',
};

async function listProjects({ platform }: AgentContext, given: Input, pageToken: string): Promise<Page> {
  const page = { filter: nameFilter(given), pageSize: PAGE_SIZE, pageToken };
  const { projects, nextPageToken } = await platform.projects.listProjects(page);
  const items = projects.map(({ id, displayName, description, createTime }) => ({
    id,
    name: new DataText(displayName),
    description: description === '' ? undefined : new DataText(description),
    created: formatTime(createTime),
  }));
  return { items, nextToken: nextPageToken };
}

type List = (platform: Platform, listing: Listing, dataset: string | undefined) => Promise<Page>;

const LISTS: Readonly<Record<Exclude<Input['kind'], 'projects'>, List>> = {
  async runs({ runs }, listing) {
    const page = await runs.listRuns(listing);
    const items = page.runs.map((run) => ({
      id: run.id,
      name: new DataText(run.displayName),
      state: formatRunState(run.state),
      epochs: run.epochsDone,
      dataset_id: run.datasetVersionId,
      created: formatTime(run.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async datasets({ datasets }, listing) {
    const page = await datasets.listDatasetVersions(listing);
    const items = page.datasetVersions.map((version) => ({
      id: version.id,
      name: new DataText(version.displayName),
      state: formatJobState(version.state),
      samples: version.sampleCount,
      created: formatTime(version.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async models({ models }, listing) {
    const page = await models.listModels(listing);
    const items = page.models.map((model) => ({
      id: model.id,
      name: new DataText(model.displayName),
      latest_version_id: model.latestVersionId,
      created: formatTime(model.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async maps({ explorations }, listing) {
    const page = await explorations.listExplorations(listing);
    const items = page.explorations.map((map) => ({
      id: map.id,
      run_id: map.runId,
      epoch: map.epoch,
      method: map.method,
      state: formatJobState(map.state),
      points: map.pointCount,
      created: formatTime(map.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async slices({ slices }, { pageSize, pageToken }, datasetVersionId) {
    if (datasetVersionId === undefined)
      throw new DomainError(
        'invalid',
        'DATASET_MISSING',
        'slices belong to a dataset; name its id as dataset, as find {"kind": "datasets"} lists it',
      );
    const page = await slices.listSlices({ datasetVersionId, pageSize, pageToken });
    const items = page.slices.map((slice) => ({
      id: slice.id,
      name: new DataText(slice.displayName),
      samples: slice.sampleCount,
      where: slice.filter === '' ? undefined : new DataText(slice.filter),
      created: formatTime(slice.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
  async analyses({ analyses }, listing) {
    const page = await analyses.listAnalyses(listing);
    const items = page.analyses.map((analysis) => ({
      id: analysis.id,
      run_id: analysis.runId,
      epoch: analysis.epoch,
      sample: formatSample(analysis.sample),
      row: analysis.row,
      state: formatJobState(analysis.state),
      created: formatTime(analysis.createTime),
    }));
    return { items, nextToken: page.nextPageToken };
  },
};
