import type { Dashboard } from '@noema/contracts/noema/quality/v1/dashboard';
import type { Issue } from '@noema/contracts/noema/quality/v1/issue';
import * as z from 'zod';
import type { Answer } from '../answer/answer.js';
import { DataText } from '../answer/fence.js';
import * as inputs from '../inputs.js';
import { findProject } from '../platform/find-project.js';
import { type Platform, writesNotAllowed } from '../platform/platform.js';
import { defineTool } from '../tool.js';

const MAX_TEXT = 10_000;

const input = z.strictObject({
  project: inputs.project,
  kind: z.enum(['dashboard', 'issue']).describe('what to draft'),
  title: z
    .string()
    .min(1)
    .max(120)
    .describe('title of the draft; a dashboard needs one that the project does not have'),
  text: z
    .string()
    .min(1)
    .max(MAX_TEXT)
    .describe('of a dashboard: YAML with version: 1 and charts; of an issue: the description'),
});

export const propose = defineTool({
  name: 'propose',
  title: 'Propose',
  description:
    'Stores a draft of a dashboard or an issue, marked as the draft of an agent, for a person to accept. Needs a ' +
    'server that may write.',
  input,
  readsOnly: false,
  async run({ allowWrites, ...context }, { project: name, kind, title, text }): Promise<Answer> {
    if (!allowWrites) throw writesNotAllowed('propose');
    const project = await findProject({ allowWrites, ...context }, name);
    const created = await DRAFTS[kind](context.platform, { projectId: project.id, displayName: title, text });
    return {
      facts: {
        kind,
        id: created.id,
        title: new DataText(created.displayName),
        project: new DataText(project.displayName),
        draft: created.draft,
        next_step: `name the ${kind} to the person, who can accept or delete it`,
      },
    };
  },
});

interface Draft {
  readonly projectId: string;
  readonly displayName: string;
  readonly text: string;
}

type Store = (platform: Platform, draft: Draft) => Promise<Dashboard | Issue>;

const DRAFTS: Readonly<Record<z.output<typeof input>['kind'], Store>> = {
  dashboard: async ({ dashboards }, { text: document, ...draft }) =>
    (await dashboards.createDashboard({ ...draft, document, draft: true })).dashboard!,
  issue: async ({ issues }, draft) => (await issues.createIssue({ ...draft, draft: true })).issue!,
};
