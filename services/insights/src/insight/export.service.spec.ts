import { expect, it } from 'vitest';
import { orderVerdicts, summariseAudit } from '../audit/audit.js';
import type { Verdict } from '../audit/verdict.js';
import type { EvidenceStore, Members } from './evidence.store.js';
import { ExportService, type InsightAction } from './export.service.js';
import type { Member, OpenInsight } from './member.service.js';

interface Given extends Partial<Members> {
  readonly rows: Int32Array;
  readonly verdicts?: readonly (readonly [number, Verdict])[];
  readonly tables?: Awaited<ReturnType<EvidenceStore['tables']>>;
}

/** Exports an insight in data with 40 rows of training, 10 of test, and 50 without labels, as `row:cell,cell`. */
async function exportRows(given: Given, action: InsightAction, ...wanted: string[]): Promise<string[]> {
  const { tables = {}, verdicts = [], ...members } = given;
  const service = new ExportService(
    {
      open: () =>
        Promise.resolve({ insight: {}, members, verdicts: new Map(verdicts) } as unknown as OpenInsight),
      splits: () =>
        Promise.resolve([
          { split: 'training', firstRow: 0, count: 40 },
          { split: 'test', firstRow: 40, count: 10 },
          { split: 'unlabeled', firstRow: 50, count: 50 },
        ]),
      describe: (_teamId, open, positions) =>
        Promise.resolve(
          positions.map((at) => ({
            row: open.members.rows[at]!,
            score: open.members.scores?.[at],
            suggestedClass: open.members.suggested?.[at] ?? -1,
            group: open.members.groups?.[at] ?? -1,
            verdict: open.verdicts.get(open.members.rows[at]!),
          })) as unknown as Member[],
        ),
    },
    { tables: () => Promise.resolve(tables) },
  );
  const { columns, rows } = await service.export('team', 'insight', action, {
    pageSize: 1000,
    pageToken: '',
  });
  const read = (cells: readonly string[], name: string): string => cells[columns.indexOf(name)]!;
  return rows.map((cells) => [read(cells, 'row'), ...wanted.map((name) => read(cells, name))].join(' '));
}

/** Two groups of copies. */
const copies: Given = {
  rows: Int32Array.of(90, 12, 45, 41, 30, 7, 8, 5),
  groups: Int32Array.of(0, 0, 0, 0, 1, 1, 1, -1),
};
/** 60 suspicious labels, of which a person judged the first ones. */
const labels = (verdicts: readonly Verdict[]): Given => ({
  rows: Int32Array.from({ length: 60 }, (_, at) => at),
  scores: Float32Array.from({ length: 60 }, (_, at) => 1 - at / 120),
  suggested: new Int32Array(60).fill(1),
  verdicts: verdicts.map((verdict, row) => [row, verdict] as const),
});

it('keeps a copy of test before one of training and one without a label', async () => {
  expect(await exportRows(copies, 'deduplicate')).toEqual(['90', '12', '45', '30', '8']);
});

it('does not let a sample stay for copies that people judged as no copy of them', async () => {
  const verdicts = ([90, 12, 45, 41, 30, 8, 5] as const).map((row) => [row, 'wrong'] as const);
  const judged = { ...copies, verdicts: [...verdicts, [7, 'right'] as const] };
  expect(await exportRows(judged, 'deduplicate')).toEqual(['90', '12', '45', '30']);
});

it('does not take all copies of a sample out of the data', async () => {
  await expect(exportRows(copies, 'prune')).rejects.toMatchObject({ reason: 'ACTION_NOT_POSSIBLE' });
});

it.each(['relabel', 'prune'] as const)(
  'lists all samples to %s before an audit, and marks them',
  async (action) => {
    const rows = await exportRows(labels([]), action, 'audit');
    expect(rows).toHaveLength(60);
    expect(rows[0]).toBe('0 not audited');
  },
);

it.each(['relabel', 'prune'] as const)(
  'lists what people judged as wrong to %s where an audit has no cut yet',
  async (action) => {
    const rows = await exportRows(labels(['wrong', 'right', 'unsure', 'wrong']), action, 'verdict', 'audit');
    expect(rows).toEqual(['0 wrong judged', '3 wrong judged']);
  },
);

/** An audit of 300 samples of which the first 200 are wrong, and one of the others was judged before. */
function auditLabels(): Given {
  const rows = Int32Array.from({ length: 300 }, (_, at) => 1000 + at);
  const verdicts = new Map<number, Verdict>([[1290, 'wrong']]);
  for (;;) {
    const { done, next } = summariseAudit(orderVerdicts(rows, verdicts));
    if (done) return { rows, suggested: new Int32Array(300), verdicts: [...verdicts] };
    for (const at of next) verdicts.set(rows[at]!, at < 200 ? 'wrong' : 'right');
  }
}

it.each(['relabel', 'prune'] as const)('lists what lies above the cut of an audit to %s', async (action) => {
  const audited = auditLabels();
  const verdicts = new Map(audited.verdicts);
  const { cut } = summariseAudit(orderVerdicts(audited.rows, verdicts));
  expect(cut).toBeGreaterThan(50);
  const wanted = [...audited.rows].filter((row) => {
    const verdict = verdicts.get(row);
    return verdict === undefined ? row < 1000 + cut : verdict === 'wrong';
  });
  expect(await exportRows(audited, action)).toEqual(wanted.map(String));
  expect(await exportRows(audited, action, 'audit')).toContain('1290 judged');
});

it('weighs samples below the cut, right ones and unsure ones in full', async () => {
  const rows = await exportRows(labels(['wrong', 'right', 'unsure']), 'weights', 'weight', 'audit');
  expect(rows.slice(0, 4)).toEqual(['0 0 judged', '1 1 judged', '2 1 judged', '3 1 below cut']);
  expect(rows).toHaveLength(60);
  expect((await exportRows(labels([]), 'weights', 'weight', 'audit'))[30]).toBe('30 0.25 not audited');
});

it('gives no weights by scores that are no doubts in labels, such as losses below 1', async () => {
  const { suggested: _, ...losses } = labels([]);
  await expect(exportRows(losses, 'weights')).rejects.toMatchObject({ reason: 'ACTION_NOT_POSSIBLE' });
});

it('marks the random part of a batch to label, and refuses other insights', async () => {
  const batch = { row: [4, 9, 2], part: ['chosen', 'chosen', 'random'] };
  const rows = Int32Array.of(4, 9, 2);
  expect(await exportRows({ rows, tables: { batch } }, 'label', 'part')).toEqual([
    '4 chosen',
    '9 chosen',
    '2 random',
  ]);
  await expect(exportRows({ rows }, 'label')).rejects.toMatchObject({ reason: 'ACTION_NOT_POSSIBLE' });
});
