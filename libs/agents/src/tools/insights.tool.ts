import type { JsonValue } from '@bufbuild/protobuf';
import { enumField } from '@noema/contracts';
import { formatText } from '@noema/kernel/filter-language';
import {
  type Insight,
  type InsightMember,
  InsightNumberUnitSchema,
  InsightStateSchema,
  type InsightTable,
} from '@noema/contracts/noema/insights/v1/insight';
import * as z from 'zod';
import type { Emptiness, Value } from '../answer/answer.js';
import { estimate, finite } from '../answer/estimate.js';
import { DataText, unfence } from '../answer/fence.js';
import { formatClass, formatSample, optionalText } from '../format.js';
import * as inputs from '../inputs.js';
import { explainNoInsights } from '../platform/explain-no-insights.js';
import { findOutput } from '../platform/find-output.js';
import { findProject } from '../platform/find-project.js';
import { findRun } from '../platform/find-run.js';
import { defineTool } from '../tool.js';

const PAGE_SIZE = 50;
const MAX_SENTENCE = 500;
/** Rows of a table of evidence that an answer has, and cells of all tables. */
const MAX_TABLE_ROWS = 10;
const MAX_CELLS = 80;
/** Columns of a table, tables, causes, numbers and remarks that an answer has: with them it fits. */
const MAX_COLUMNS = 10;
const MAX_TABLES = 4;
const MAX_CAUSES = 8;
const MAX_NUMBERS = 16;
const MAX_REMARKS = 6;
/** A list with entries needs no reason, which would cost a request. */
const NOT_EMPTY: Emptiness = {
  reason: 'there is no further insight',
  next_step: 'start again without a cursor',
};
const STATES = enumField(InsightStateSchema).values;
const NUMBER_UNITS = enumField(InsightNumberUnitSchema).values;

export const insights = defineTool({
  name: 'insights',
  title: 'Insights',
  description:
    'Lists the insights of a project, the most severe first: claims about samples, such as groups with a high ' +
    'loss, contradicted labels, copies or leakage. Confirmed ones hold on samples that the search did not see.',
  input: z.strictObject({
    project: inputs.project,
    run: z.string().max(400).optional().describe('only insights of this run, by name, id or "latest"'),
    output: z
      .string()
      .max(400)
      .default('')
      .describe('only insights of this output of a model with several, by its name; describe lists them'),
    hints: z.boolean().default(false).describe('list hints too, which no held-out sample has confirmed'),
    cursor: inputs.cursor,
  }),
  readsOnly: true,
  async run(context, { project, run: name, output: asked, hints }, { token }) {
    const { id: projectId, displayName } = await findProject(context, project);
    const run = name === undefined ? undefined : await findRun(context, { project, run: name });
    const runId = run?.id ?? '';
    const output = run === undefined ? unfence(asked) : findOutput(run, asked).output;
    const page = await context.platform.insights.listInsights({
      projectId,
      runId,
      filter: filterOutput(output, run?.objectives[0]?.output),
      includeHints: hints,
      pageSize: PAGE_SIZE,
      pageToken: token,
    });
    return {
      facts: {
        project: new DataText(displayName),
        project_id: projectId,
        run: run && new DataText(run.displayName),
        run_id: run?.id,
        output: optionalText(output),
      },
      list: {
        items: page.insights.map(formatInsight),
        token,
        nextToken: page.nextPageToken,
        whenEmpty:
          page.insights.length > 0
            ? NOT_EMPTY
            : await explainNoInsights(context, { projectId, runId, hints }),
      },
    };
  },
});

export const insight = defineTool({
  name: 'insight',
  title: 'Insight',
  description:
    'Returns one insight with its evidence, the metadata and units that go along with it, and its samples in ' +
    'the order in which people should look at them.',
  input: z.strictObject({
    id: z.uuid().describe('id of the insight, as insights lists it'),
    cursor: inputs.cursor,
  }),
  readsOnly: true,
  async run({ platform }, { id }, { token }) {
    const [got, page] = await Promise.all([
      platform.insights.getInsight({ insightId: id }),
      platform.insights.listInsightMembers({ insightId: id, pageSize: PAGE_SIZE, pageToken: token }),
    ]);
    return {
      facts: token === '' ? formatEvidence(got.insight!) : { id },
      list: {
        items: page.members.map(formatMember),
        token,
        nextToken: page.nextPageToken,
        whenEmpty: {
          reason: 'this insight is about units or the whole network, so it has no samples of its own',
          next_step: 'read its sentence, numbers and tables',
        },
      },
    };
  },
});

/** Insights of an output; those without a name, of older searches, belong to the first one. */
function filterOutput(output: string, first: string | undefined): string {
  if (output === '') return '';
  const own = `output = ${formatText(output)}`;
  return output === first ? `${own} OR output = ""` : own;
}

const formatInsight = (one: Insight): { readonly [name: string]: Value | undefined } => ({
  id: one.id,
  kind: one.kind,
  subkind: one.subkind === '' ? undefined : one.subkind,
  state: STATES[one.state - 1] ?? 'unknown',
  found_as: STATES[one.foundState - 1] ?? 'unknown',
  sentence: new DataText(one.sentence, MAX_SENTENCE),
  severity: one.severity?.level,
  samples: one.memberCount,
  output: optionalText(one.output),
  run_id: one.runId,
  epoch: one.epoch,
});

const formatEvidence = (one: Insight): { readonly [name: string]: Value | undefined } => ({
  ...formatInsight(one),
  effect: one.effect && {
    measure: one.effect.measure,
    inside: finite(one.effect.inside),
    inside_n: one.effect.insideCount,
    outside: finite(one.effect.outside),
    outside_n: one.effect.outsideCount,
    difference: estimate(one.effect.difference, one.effect.insideCount + one.effect.outsideCount, one.effect),
  },
  q_value: one.qValue === undefined ? undefined : finite(one.qValue),
  candidates_tried: one.tried,
  explained_by: one.explanations.slice(0, MAX_CAUSES).map((cause) => ({
    source: cause.source,
    name: new DataText(cause.name),
    value: new DataText(cause.value),
    inside: finite(cause.inside),
    outside: finite(cause.outside),
    n: cause.insideCount,
  })),
  numbers: one.namedNumbers.slice(0, MAX_NUMBERS).map(({ title, value, unit }) => ({
    title,
    value: finite(value),
    unit: NUMBER_UNITS[unit - 1],
  })),
  remarks: one.remarks.slice(0, MAX_REMARKS).map((remark) => new DataText(remark, MAX_SENTENCE)),
  where: optionalText(one.membership?.filter ?? ''),
  tables: formatTables(one.tables),
  left_out: countLeftOut(one),
  note: optionalText(one.note),
});

/** Numbers of causes, numbers, remarks and tables beyond the first ones; undefined for none. */
function countLeftOut({ explanations, namedNumbers, remarks, tables }: Insight): Value | undefined {
  const beyond = {
    explained_by: explanations.length - MAX_CAUSES,
    numbers: namedNumbers.length - MAX_NUMBERS,
    remarks: remarks.length - MAX_REMARKS,
    tables: tables.length - MAX_TABLES,
  };
  const left = Object.entries(beyond).filter(([, count]) => count > 0);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/** The first rows and columns of the first tables. Each says how many it has. */
function formatTables(tables: readonly InsightTable[]): Value {
  const shown = tables.slice(0, MAX_TABLES);
  return shown.map(({ name, columns }): Value => {
    const rows = columns[0]?.values.length ?? 0;
    const first = columns.slice(0, MAX_COLUMNS);
    const fitting = Math.floor(MAX_CELLS / (shown.length * Math.max(1, first.length)));
    return {
      name,
      rows,
      columns: columns.length > first.length ? columns.length : undefined,
      first: Array.from({ length: Math.min(MAX_TABLE_ROWS, rows, Math.max(1, fitting)) }, (_, row) =>
        Object.fromEntries(
          first.map((column) => [column.name, formatCell(toPlain(column.values[row]?.kind))]),
        ),
      ),
    };
  });
}

const toPlain = (
  kind: { readonly case?: string | undefined; readonly value?: unknown } | undefined,
): JsonValue =>
  kind?.case === 'numberValue' || kind?.case === 'stringValue' ? (kind.value as JsonValue) : null;

const formatCell = (value: JsonValue): Value =>
  typeof value === 'number' ? finite(value) : typeof value === 'string' ? new DataText(value) : null;

const formatMember = (member: InsightMember): Value => ({
  row: member.row,
  sample: formatSample(member.sample),
  score: member.score === undefined ? undefined : finite(member.score),
  label: formatClass(member.trueClassName, member.trueClass),
  suggested_label: formatClass(member.suggestedClassName, member.suggestedClass),
  group: member.group < 0 ? undefined : member.group,
});
