import { parseDocument } from '@noema/evaluation';
import { parseYaml } from '@noema/config/yaml';
import { DomainError } from '@noema/kernel';
import * as z from 'zod';
import type { Answer } from '../answer/answer.js';
import { DataText } from '../answer/fence.js';
import * as inputs from '../inputs.js';
import { findProject } from '../platform/find-project.js';
import { writesNotAllowed } from '../platform/platform.js';
import { defineTool } from '../tool.js';

const MAX_TEXT = 20_000;

const input = z.strictObject({
  project: inputs.project,
  kind: z.enum(['dashboard', 'issue']).describe('what to draft'),
  title: z
    .string()
    .min(1)
    .max(120)
    .describe('title of the draft, unique among the dashboards of the project'),
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
    'Stores a draft of a dashboard, marked as the draft of an agent, for a person to accept. Needs a server that may ' +
    'write. Drafts of issues are refused: this version of Noema stores none.',
  input,
  readsOnly: false,
  async run({ allowWrites, ...context }, { project: name, kind, title, text }): Promise<Answer> {
    if (!allowWrites) throw writesNotAllowed('propose');
    const project = await findProject({ allowWrites, ...context }, name);
    if (kind === 'issue')
      throw new DomainError(
        'unsupported',
        'DRAFTS_NOT_STORED',
        'this version of Noema stores no issues, so the draft was not stored; show it to the person as text',
      );
    const { charts } = parseDocument(parseYaml(text, 'text'));
    const { dashboard } = await context.platform.dashboards.createDashboard({
      projectId: project.id,
      displayName: title,
      document: text,
      draft: true,
    });
    return {
      facts: {
        kind,
        id: dashboard!.id,
        title: new DataText(dashboard!.displayName),
        project: new DataText(project.displayName),
        draft: dashboard!.draft,
        charts: charts.length,
        next_step: 'name the dashboard to the person, who can accept or delete it',
      },
    };
  },
});
