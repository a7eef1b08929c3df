import type { DescService } from '@bufbuild/protobuf';
import { DomainError, Filter } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { byteLength, renderAnswer } from '../answer/render.js';
import { type ConnectService, connectPlatform } from '../platform/platform.js';
import type { AgentContext } from '../tool.js';
import { TOOLS } from './index.js';

const DATA: Readonly<Record<string, string>> = { other: 'data-2', moved: 'data-3' };
const RUNS = ['new', 'main', 'other', 'huber', 'unlabeled', 'moved'].map((displayName, i) => ({
  id: `0190b5a0-0000-7000-8000-00000000000${i}`,
  projectId: 'p',
  displayName,
  datasetVersionId: DATA[displayName] ?? 'data-1',
  epochsDone: 2,
  task: 1,
  noLossReason: displayName === 'unlabeled' ? 'no labels' : '',
  settings: { loss: { name: displayName === 'huber' ? 'huber' : 'crossentropy' } },
  objectives: [],
}));
const SAMPLES = 400;
/** The new run breaks 40 samples that were correct, and fixes 10 of 20 that were misclassified. */
const isCorrect = (run: string, row: number): boolean =>
  run === 'new'
    ? row >= 50
    : ['main', 'moved'].includes(run)
      ? row >= 60 || (row >= 10 && row < 50)
      : row % 4 !== 0;

const FIELDS = { row: 'number', correct: 'boolean', loss: 'number' } as const;
const evaluations = (runId: string, filter: string) => {
  const run = RUNS.find(({ id }) => id === runId)!.displayName;
  const parsed = Filter.of(filter, FIELDS);
  const all = Array.from({ length: SAMPLES }, (_, row) => ({
    row,
    sample: { split: row % 2 === 0 ? 1 : 2, sampleId: `${run === 'other' ? 'o' : 's'}${row}` },
    hasLoss: true,
    loss: isCorrect(run, row) ? 0.1 : 2,
    correct: isCorrect(run, row),
    trueClass: 0,
    trueClassName: run === 'moved' && row >= 390 ? 'b' : 'a',
    predictedClass: isCorrect(run, row) ? 0 : 1,
    predictedClassName: isCorrect(run, row) ? 'a' : 'b',
    probabilities: [0.5, 0.5],
    predictions: [],
    targets: [],
    task: 1,
  }));
  return all.filter((one) => parsed.matches((name) => one[name as 'row']));
};

interface ListRequest {
  readonly runId: string;
  readonly filter?: string;
  readonly rows?: readonly number[];
}

const PLATFORM: Readonly<Record<string, (request: never) => unknown>> = {
  listProjects: () => ({ projects: [{ id: 'p', displayName: 'default' }] }),
  listRuns: ({ filter }: { filter: string }) => ({
    runs: RUNS.filter(
      ({ displayName }) => filter.includes('SUCCEEDED') || filter.includes(`"${displayName}"`),
    ),
  }),
  getDatasetVersion: () => ({ datasetVersion: { classNames: ['a', 'b'] } }),
  listSampleEvaluations: ({ runId, filter = '', rows: chosen = [] }: ListRequest) => {
    const rows = evaluations(runId, filter).filter(({ row }) => chosen.length === 0 || chosen.includes(row));
    return { evaluations: rows, nextPageToken: '', totalSize: rows.length };
  },
  createAnalysis: () => {
    throw new Error('a tool that only reads started work');
  },
};
/** A platform with the few RPCs that these tools call. */
const connect = ((service: DescService) =>
  Object.fromEntries(
    service.methods.map(({ localName }) => [
      localName,
      (request: never) => Promise.resolve(PLATFORM[localName]!(request)),
    ]),
  )) as ConnectService;

const context: AgentContext = {
  platform: connectPlatform(connect, { allowWrites: false }),
  allowWrites: false,
  maxRows: 1000,
};
async function call(
  name: string,
  given: Readonly<Record<string, unknown>>,
  options: Partial<AgentContext> = {},
) {
  const tool = TOOLS.find((one) => one.name === name)!;
  const input = tool.input.parse(given) as Readonly<Record<string, unknown>>;
  const answer = await tool.run({ ...context, ...options }, input, { token: '', skip: 0, source: '' });
  const result = renderAnswer(answer, { tool: name, input });
  expect(byteLength(result)).toBeLessThanOrEqual(12_000);
  return result.structuredContent as {
    facts: Record<string, unknown>;
    items: Record<string, unknown>[];
    empty?: { reason: string };
  };
}

describe('compare', () => {
  it('counts samples that broke and were fixed, with the interval of the paired difference', async () => {
    const { items } = await call('compare', { run: 'new', baseline: 'main' });
    expect(items[0]).toMatchObject({
      n: 400,
      now: { value: 0.875, n: 400 },
      before: { value: 0.95, n: 400 },
      difference: { value: -0.075, n: 400 },
      fixed: { value: 10 },
      broken: { value: 40 },
    });
    const { low, high } = items[0]!['difference'] as { low: number; high: number };
    // Tango's interval contains the estimate and is near Wald's: ±1.96·√(50 − 30²/400)/400 = ±0.0339.
    expect(low).toBeCloseTo(-0.075 - 0.0339, 2);
    expect(high).toBeCloseTo(-0.075 + 0.0339, 2);
    expect(items[1]).toMatchObject({ row: 10, change: 'broken', predicted_before: '⟦a⟧', predicted: '⟦b⟧' });
  });

  it('has a difference of 0 for a run and itself', async () => {
    const { items } = await call('compare', { run: 'main', baseline: 'main' });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ difference: { value: 0 }, mcnemar_mid_p: 1 });
  });

  it('compares runs that share no sample as independent samples', async () => {
    const { facts } = await call('compare', { run: 'main', baseline: 'other' });
    expect(facts).toMatchObject({
      paired: false,
      before: { value: 0.75, n: 400 },
      splits_before: [{ n: 200 }, { n: 200 }],
    });
  });

  it('is not certain of a difference of 0 when all of a few independent samples are correct', async () => {
    const where = 'row >= 397';
    const { facts } = await call('compare', { run: 'main', baseline: 'other', where });
    // Newcombe's interval of 3 of 3 and 3 of 3, from Wilson's 0.4385 to 1.
    expect(facts['difference']).toMatchObject({ value: 0, low: -0.5615, high: 0.5615 });
  });

  it('pairs runs on other data by split and id, and leaves out samples with another label', async () => {
    const { facts, items } = await call('compare', { run: 'new', baseline: 'moved' });
    expect(facts).toMatchObject({
      paired: true,
      other_ground_truth: 10,
      splits: [
        { split: '⟦training⟧', n: 195 },
        { split: '⟦validation⟧', n: 195 },
      ],
    });
    expect(items[0]).toMatchObject({ n: 390, fixed: { value: 10 }, broken: { value: 40 } });
  });

  it('gives the reason when no sample meets the condition', async () => {
    const { items, empty } = await call('compare', { run: 'new', baseline: 'main', where: 'row > 1000' });
    expect([items, empty!.reason]).toEqual([[], 'no sample of both meets ⟦row > 1000⟧']);
  });
});

describe('compare, of runs that differ', () => {
  it('refuses losses of other loss functions by name', async () => {
    const input = { run: 'new', baseline: 'huber', field: 'loss' };
    await expect(call('compare', input)).rejects.toThrow('loss functions differ');
    expect((await call('compare', { ...input, field: 'correct' })).facts['paired']).toBe(true);
  });

  it('refuses a run without ground truth by name', async () => {
    await expect(call('compare', { run: 'new', baseline: 'unlabeled' })).rejects.toThrow('(no labels)');
  });
});

describe('audit', () => {
  it('draws the same samples for a seed, and estimates the share from verdicts on them', async () => {
    const draw = await call('audit', { run: 'main', size: 20 });
    const rows = draw.items.map(({ row }) => row as number);
    expect(new Set(rows).size).toBe(20);
    expect((await call('audit', { run: 'main', size: 20 })).items).toEqual(draw.items);
    const verdicts = rows.map((row, i) => ({ row, faulty: i < 5 }));
    const { facts, items, empty } = await call('audit', { run: 'main', size: 20, verdicts });
    // Wilson's interval of 5 of 20, by statsmodels: 0.1119 to 0.4687.
    expect(facts['faulty_share']).toMatchObject({ value: 0.25, n: 20, low: 0.11186, high: 0.4687 });
    expect([items, empty!.reason]).toEqual([[], 'all samples of the audit are judged']);
  });

  it('refuses two verdicts on one sample', async () => {
    const verdicts = [true, false].map((faulty) => ({ row: 1, faulty }));
    await expect(call('audit', { run: 'main', size: 400, verdicts })).rejects.toThrow('twice');
  });

  it('refuses verdicts on samples that it did not draw', async () => {
    const verdicts = [{ row: 9999, faulty: true }];
    await expect(call('audit', { run: 'main', verdicts })).rejects.toThrow('did not draw row 9999');
  });
});

describe('tools', () => {
  it('refuse a population above the limit by name', async () => {
    for (const [name, input] of [
      ['compare', { run: 'new', baseline: 'main' }],
      ['audit', { run: 'new' }],
      ['query', { run: 'new', reduce: 'confusion' }],
    ] as const)
      await expect(call(name, input, { maxRows: 300 })).rejects.toThrow('400 samples are more than the 300');
  });

  it('refuse an argument that would narrow nothing', async () => {
    await expect(call('find', { kind: 'datasets', run: 'main' })).rejects.toThrow('does not narrow datasets');
    await expect(call('find', { kind: 'slices', name: 'x' })).rejects.toThrow('does not narrow slices');
  });

  it('name the epoch and the splits behind their numbers', async () => {
    const confusion = await call('query', { run: 'new', reduce: 'confusion', where: 'row < 10' });
    expect(confusion.facts).toMatchObject({ epoch: 2, n: 10, splits: [{ n: 5 }, { n: 5 }] });
    expect((await call('samples', { run: 'new' })).facts).toMatchObject({ epoch: 2, n: 400 });
    expect((await call('audit', { run: 'new' })).facts).toMatchObject({ epoch: 2, splits: [{}, {}] });
  });

  it('cannot call an RPC that writes', () => {
    expect(() => context.platform.analyses.createAnalysis({})).toThrow(DomainError);
    const writer = connectPlatform(connect, { allowWrites: true });
    expect(() => writer.analyses.createAnalysis({})).toThrow('started work');
  });

  it('give shares of a confusion matrix with n and an interval, misclassified pairs first', async () => {
    const { items } = await call('query', { run: 'new', reduce: 'confusion', normalize: 'truth' });
    expect(items).toMatchObject([
      { truth: '⟦a⟧', predicted: '⟦b⟧', count: { value: 50 }, share: { value: 0.125, n: 400 } },
      { truth: '⟦a⟧', predicted: '⟦a⟧', count: { value: 350 } },
    ]);
  });
});
