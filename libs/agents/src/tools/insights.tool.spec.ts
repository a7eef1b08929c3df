import type { DescService } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { InsightSchema, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeCursor } from '../answer/cursor.js';
import { byteLength, renderAnswer } from '../answer/render.js';
import { type ConnectService, connectPlatform } from '../platform/platform.js';
import { TOOLS } from './index.js';

const COUNT = 500;
const ID = '0190b5a0-0000-7000-8000-00000000000a';
const NO_CLASS = { trueClass: -1, trueClassName: '', suggestedClass: -1, suggestedClassName: '' };
const repeat = <T>(length: number, make: (at: number) => T): T[] =>
  Array.from({ length }, (_, at) => make(at));

const head = (at: number) => ({
  ...{
    id: `${ID.slice(0, -3)}${String(at).padStart(3, '0')}`,
    kind: 'low-performance',
    runId: ID,
    epoch: 8,
  },
  ...{ state: InsightState.CONFIRMED, foundState: InsightState.CONFIRMED, memberCount: 41 },
  sentence: `Group ${at}: ${'a sentence with many numbers, '.repeat(12)}`,
});
const listed = (at: number) => create(InsightSchema, { ...head(at), output });

const whole = () =>
  create(InsightSchema, {
    ...head(0),
    explanations: repeat(40, (i) => ({
      source: 'unit',
      name: `conv2:${i}`,
      value: 'above its 90 % quantile',
    })),
    namedNumbers: repeat(40, (i) => ({ name: `n${i}`, title: `number ${i}`, value: i / 7, unit: 2 })),
    remarks: repeat(30, (i) => `Remark ${i}: ${'long text '.repeat(30)}`),
    tables: repeat(12, (t) => ({
      name: `table ${t}`,
      columns: repeat(30, (c) => ({
        name: `column ${c}`,
        values: repeat(50, (row) => ({ kind: { case: 'numberValue' as const, value: row / 7 } })),
      })),
    })),
  });

let calls: string[];
let filters: string[];
/** Output of the insights that are listed. */
let output: string;
let found: number;
beforeEach(() => {
  [calls, filters, found, output] = [[], [], COUNT, ''];
});
const RPCS: Readonly<
  Record<string, (request: { pageToken?: string; pageSize?: number; filter?: string }) => unknown>
> = {
  listProjects: () => ({ projects: [{ id: 'p', displayName: 'default' }] }),
  listRuns: () => ({
    runs: [{ id: 'r', displayName: 'first', objectives: [{ output: 'place' }, { output: 'corner' }] }],
  }),
  listInsights: ({ pageToken = '', pageSize = 50, filter = '' }) => {
    filters.push(filter);
    const from = Number(pageToken);
    const next = from + pageSize;
    return {
      insights: repeat(Math.max(0, Math.min(pageSize, found - from)), (i) => listed(from + i)),
      nextPageToken: next < found ? String(next) : '',
    };
  },
  listInsightSearches: () => ({ insightSearches: [] }),
  getInsight: () => ({ insight: whole() }),
  listInsightMembers: () => ({
    members: repeat(50, (row) => ({
      row,
      sample: { split: 1, sampleId: `s${row}` },
      ...NO_CLASS,
      group: -1,
    })),
    nextPageToken: '50',
  }),
};
const connect = ((service: DescService) =>
  Object.fromEntries(
    service.methods.map(({ localName }) => [
      localName,
      (request: never) => {
        calls.push(localName);
        return Promise.resolve(RPCS[localName]!(request));
      },
    ]),
  )) as ConnectService;
const context = {
  platform: connectPlatform(connect, { allowWrites: false }),
  ...{ allowWrites: false, maxRows: 1000 },
};

async function call(name: string, given: Readonly<Record<string, unknown>>, cursor?: string) {
  const tool = TOOLS.find((one) => one.name === name)!;
  const input = tool.input.parse({ ...given, cursor }) as Readonly<Record<string, unknown>>;
  const scope = { tool: name, input };
  const answer = await tool.run(context, input, decodeCursor(scope, cursor));
  const result = renderAnswer(answer, { ...scope, cursor });
  // 4,000 tokens of three bytes, over both copies.
  expect(byteLength(result)).toBeLessThanOrEqual(12_000);
  return result.structuredContent as {
    readonly facts: Readonly<Record<string, unknown>>;
    readonly items: readonly { readonly id: string }[];
    readonly empty?: { readonly reason: string };
    readonly next_cursor?: string;
  };
}

describe('insights', () => {
  it('lists each of 500 insights once, in answers of at most 4,000 tokens', async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await call('insights', {}, cursor);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(ids).toEqual(repeat(COUNT, (at) => listed(at).id));
  });

  it('lists the insights of one output, which each insight names', async () => {
    output = 'corner';
    const { items, facts } = await call('insights', { output });
    expect(filters).toEqual(['output = "corner"']);
    expect([facts['output'], (items[0] as { output?: string }).output]).toEqual(['⟦corner⟧', '⟦corner⟧']);
  });

  it('counts insights without an output to the first output of a run', async () => {
    for (const own of ['place', 'corner']) await call('insights', { run: 'first', output: own });
    expect(filters).toEqual(['output = "place" OR output = ""', 'output = "corner"']);
  });

  it('requests searches for the reason of an empty list alone', async () => {
    await call('insights', {});
    expect(calls).toEqual(['listProjects', 'listInsights']);
    found = 0;
    expect((await call('insights', {})).empty!.reason).toContain('no run was searched');
    expect(calls).toContain('listInsightSearches');
  });
});

describe('insight', () => {
  it('fits with many causes, numbers, remarks and wide tables, and counts what it leaves out', async () => {
    const { facts, items } = await call('insight', { id: ID });
    expect(facts['left_out']).toEqual({ explained_by: 32, numbers: 24, remarks: 24, tables: 8 });
    expect(facts['tables']).toHaveLength(4);
    expect((facts['tables'] as object[])[0]).toMatchObject({ rows: 50, columns: 30, first: [{}, {}] });
    expect(items.length).toBeGreaterThan(0);
  });
});
