import { DomainError } from '@noema/kernel';
import { formatText } from '@noema/kernel/filter-language';
import * as z from 'zod';
import type { Answer } from '../answer/answer.js';
import { DataText, sentence, unfence } from '../answer/fence.js';
import { formatTime } from '../format.js';
import * as inputs from '../inputs.js';
import { findProject } from '../platform/find-project.js';
import { findRun } from '../platform/find-run.js';
import { KINDS_OF_PROJECT, LISTS, type Page } from '../platform/lists.js';
import { type AgentContext, defineTool } from '../tool.js';

const PAGE_SIZE = 50;
const KINDS = ['projects', ...KINDS_OF_PROJECT] as const;

const input = z.strictObject({
  kind: z.enum(KINDS).default('runs').describe('what to list'),
  project: inputs.project,
  name: inputs.name('part of the name; default: all').optional(),
  run: inputs.name('of maps and analyses: only entries of this run, by name or id').optional(),
  dataset: z.uuid().optional().describe('of slices: id of the dataset version'),
  cursor: inputs.cursor,
});
type Input = z.output<typeof input>;

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
    refuseUnused(given);
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

/** Kinds whose lists an argument narrows. */
const NARROWED: Readonly<Record<'name' | 'run' | 'dataset', readonly Input['kind'][]>> = {
  name: ['projects', 'runs', 'datasets', 'models'],
  run: ['maps', 'analyses'],
  dataset: ['slices'],
};

/** Throws `invalid` ARGUMENT_UNUSED, because a list that ignores an argument looks as if it were narrowed. */
function refuseUnused(given: Input): void {
  for (const [argument, kinds] of Object.entries(NARROWED) as [keyof typeof NARROWED, Input['kind'][]][])
    if (given[argument] !== undefined && !kinds.includes(given.kind))
      throw new DomainError(
        'invalid',
        'ARGUMENT_UNUSED',
        `${argument} does not narrow ${given.kind}; leave it out, or list ${kinds.join(', ')}`,
        { metadata: { argument } },
      );
}

const nameFilter = ({ name }: Input): string =>
  name === undefined ? '' : `display_name : ${formatText(unfence(name))}`;

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
