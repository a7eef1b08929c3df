import * as z from 'zod';
import type { Answer } from '../answer/answer.js';
import { DataText } from '../answer/fence.js';
import * as inputs from '../inputs.js';
import { findProject } from '../platform/find-project.js';
import { defineTool } from '../tool.js';

/** This version of Noema computes no insights. */
const empty: NonNullable<Answer['empty']> = {
  reason:
    'this version of Noema computes no insights; the answer does not mean that there is nothing to find',
  next_step:
    'look for failures yourself: query {"reduce": "confusion"}, samples with the highest loss, and query ' +
    'over the fields of describe {"kind": "dataset"}',
};

export const insights = defineTool({
  name: 'insights',
  title: 'Insights',
  description:
    'Lists the insights of a project, the most severe first. This version of Noema computes no insights.',
  input: z.strictObject({ project: inputs.project, cursor: inputs.cursor }),
  readsOnly: true,
  async run(context, { project }) {
    const { id, displayName } = await findProject(context, project);
    return {
      facts: { project: new DataText(displayName), project_id: id },
      list: { items: [], whenEmpty: empty },
    };
  },
});

export const insight = defineTool({
  name: 'insight',
  title: 'Insight',
  description: 'Returns one insight with its evidence. This version of Noema computes no insights.',
  input: z.strictObject({ id: inputs.name('id of the insight, as insights lists it') }),
  readsOnly: true,
  run: (_, { id }) => Promise.resolve({ facts: { id: new DataText(id) }, empty }),
});
