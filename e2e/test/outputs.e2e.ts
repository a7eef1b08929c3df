import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentClient, connectHttp } from '../src/agent-client.js';
import { noema, noemaJson } from '../src/command-line.js';
import { startTwoOutputs, type TwoOutputsPlatform } from '../src/two-outputs-platform.js';

let platform: TwoOutputsPlatform;
/** Samples of the run that the output `corner` misclassifies; `place` misclassifies none. */
let wrong: number;

const REFUSAL = /no output \\*"size\\*"; it has: place, corner/;

beforeAll(async () => {
  platform = await startTwoOutputs();
  [wrong] = [await countWrong('corner')];
  expect(wrong).toBeGreaterThan(100);
  expect(await countWrong('place')).toBe(0);
}, 600_000);
afterAll(() => platform?.stop());

async function countWrong(output: string, runId = platform.runId, epoch = 4): Promise<number> {
  const query = new URLSearchParams({ output, filter: 'correct = false', page_size: '1' });
  const { body } = await platform.rest.get(`/v1/runs/${runId}/epochs/${epoch}/evaluations?${query}`);
  return Number(body['totalSize'] ?? 0);
}

/** The command line in the project of the runs. */
const command = (...args: readonly string[]) =>
  noema(platform.directory, '--project', platform.projectId, ...args);
const json = <T>(...args: readonly string[]) =>
  noemaJson<T>(platform.directory, '--project', platform.projectId, ...args);

describe('the output that tools of agents take', () => {
  let agent: AgentClient;
  beforeAll(async () => {
    agent = await connectHttp(platform);
  });
  afterAll(() => agent.close());
  const ask = (tool: string, args: object) => agent.call(tool, { run: platform.runId, ...args });

  it('is listed with the run, and refused by name where it does not exist', async () => {
    expect((await ask('describe', {})).facts['outputs']).toMatchObject([
      { name: '⟦place⟧', task: 'multi-class' },
      { name: '⟦corner⟧', task: 'multi-class' },
    ]);
    for (const [tool, args] of [
      ['samples', {}],
      ['query', { mark: 'number', y: 'count()' }],
      ['query', { reduce: 'confusion' }],
      ['compare', { baseline: platform.earlierRunId }],
      ['audit', {}],
      ['similar', { row: 0 }],
      ['explain', { row: 0 }],
      ['insights', {}],
    ] as const)
      expect((await ask(tool, { ...args, output: 'size' })).text, tool).toMatch(REFUSAL);
  });

  it('gives other samples, charts and reductions than the first one', async () => {
    const where = 'correct = false';
    expect((await ask('samples', { where })).facts['n']).toBe(0);
    const { facts, items } = await ask('samples', { where, output: 'corner' });
    expect(facts).toMatchObject({ n: wrong, output: '⟦corner⟧' });
    expect(items[0]).toMatchObject({ correct: false, truth: expect.stringMatching(/^⟦?[01]⟧?$/) });
    const chart = { mark: 'number', y: 'mean(correct)' };
    expect((await ask('query', chart)).items).toMatchObject([{ value: 1 }]);
    const [share] = (await ask('query', { ...chart, output: 'corner' })).items;
    expect(share!['value']).toBeCloseTo(1 - wrong / 600, 4);
    const loss = { mark: 'number', y: 'mean(loss)' };
    const [all, place, corner] = await Promise.all(
      ['', 'place', 'corner'].map(async (output) =>
        Number((await ask('query', { ...loss, output })).items[0]!['value']),
      ),
    );
    expect(place! + corner!).toBeCloseTo(all!, 3);
    // Cells without samples are left out: of the first output each label is predicted.
    expect((await ask('query', { reduce: 'confusion' })).items).toHaveLength(3);
    expect((await ask('query', { reduce: 'confusion', output: 'corner' })).items).toHaveLength(4);
  });

  it('is compared between two runs', async () => {
    const before = await countWrong('corner', platform.earlierRunId, 1);
    const { facts, items } = await ask('compare', { baseline: platform.earlierRunId, output: 'corner' });
    expect(facts).toMatchObject({ output: '⟦corner⟧', paired: true });
    expect(items[0]).toMatchObject({ n: 600, now: { value: expect.closeTo(1 - wrong / 600, 4) } });
    const summary = items[0] as unknown as { readonly before: { readonly value: number } };
    expect(summary.before.value).toBeCloseTo(1 - before / 600, 4);
  });

  it('is explained, and has an analysis of its own', async () => {
    const writer = await connectHttp({ ...platform, allowWrites: true });
    const started = await writer.call('explain', { run: platform.runId, row: 4, output: 'corner' });
    await writer.close();
    expect(started.facts).toMatchObject({ output: '⟦corner⟧' });
    expect((await ask('explain', { row: 4 })).empty!.reason).toMatch(/there is no analysis/);
  });
});

describe('the output that commands take', () => {
  it('is compared between two runs, class by class', async () => {
    const compare = (...args: readonly string[]) =>
      json<{ changes: { now: { value: number } }[]; classes: { name: string }[] }>(
        'compare',
        ...[platform.earlierRunId, platform.runId, ...args],
      );
    const [first, corner] = [await compare(), await compare('--output', 'corner')];
    expect(first.changes[0]!.now.value).toBe(1);
    expect(first.classes.map(({ name }) => name)).toEqual(['left', 'middle', 'right']);
    expect(corner.changes[0]!.now.value).toBeCloseTo(1 - wrong / 600, 6);
    expect(corner.classes.map(({ name }) => name)).toEqual(['0', '1']);
    const refused = await command('compare', platform.earlierRunId, platform.runId, '--output', 'size');
    expect(refused.stderr).toMatch(REFUSAL);
  });

  it('is searched for insights of its own mistakes, which follow no insight of another output', async () => {
    interface Found {
      readonly id: string;
      readonly output: string;
      readonly change: string;
      readonly sentence: string;
    }
    const search = (...args: readonly string[]) =>
      json<{ output: string; remarks: string[] }>(
        ...['insights', 'search', platform.runId, '--kinds', 'low-performance', ...args],
      );
    const list = (output: string) =>
      json<Found[]>('insights', 'list', '--hints', '--filter', `output = "${output}"`);
    const corner = await search('--output', 'corner');
    expect(corner).toMatchObject({
      output: 'corner',
      remarks: expect.arrayContaining([
        'The model has 2 outputs; labels, predictions and losses belong to corner. Not searched: place.',
      ]),
    });
    const found = (await list('corner')).filter(({ change }) => change === 'INSIGHT_CHANGE_BORN');
    expect(found.length).toBeGreaterThan(0);
    const place = await search('--output', 'place');
    expect(place.output).toBe('place');
    // One camera labels corners wrongly, and places rightly.
    expect(found.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining('camera'));
    for (const { sentence } of await list('place')) expect(sentence).not.toContain('camera');
    // The search of the other output does not change the list of this one.
    expect((await list('corner')).map(({ id, change }) => [id, change])).toEqual(
      found.map(({ id, change }) => [id, change]),
    );
    expect((await command('insights', 'list', '--hints')).stdout).toMatch(/OUTPUT.*\n.*corner/);
    const { stdout: searches } = await command('insights', 'searches');
    expect(searches).toMatch(/OUTPUT/);
    expect(searches, 'runs have their names').not.toContain(platform.runId);
    expect((await command('insights', 'search', platform.runId, '--output', 'size')).stderr).toMatch(REFUSAL);
  });

  it('is exported with its labels, predictions and own losses', async () => {
    const { body } = await platform.rest.get(
      `/v1/projects/${platform.projectId}/explorations?run_id=${platform.runId}&epoch=4`,
    );
    const [{ id }] = body['explorations'] as [{ id: string }];
    const read = async (...args: readonly string[]) => {
      const to = join(platform.directory, `export${args.join('')}`);
      await json('export', id, '--to', to, ...args);
      const [head = '', ...lines] = (await readFile(join(to, 'points.csv'), 'utf8')).trim().split('\r\n');
      const names = head.split(',');
      const rows = lines.map((line) =>
        Object.fromEntries(line.split(',').map((cell, at) => [names[at]!, cell])),
      );
      const [scores = ''] = (await readFile(join(to, 'predictions.csv'), 'utf8')).split('\r\n');
      return { rows, scores };
    };
    const [first, corner] = [await read(), await read('--output', 'corner')];
    const countDiffering = ({ rows }: typeof first) =>
      rows.filter(({ label, predicted }) => label !== predicted).length;
    expect([countDiffering(first), countDiffering(corner)]).toEqual([0, wrong]);
    expect(first.scores).toBe('row,probability_left,probability_middle,probability_right');
    expect(corner.scores).toBe('row,probability_0,probability_1');
    const place = await read('--output', 'place');
    expect(place.rows[7]!['label']).toBe(first.rows[7]!['label']);
    expect(Number(place.rows[7]!['loss']) + Number(corner.rows[7]!['loss'])).toBeCloseTo(
      Number(first.rows[7]!['loss']),
      5,
    );
    expect((await command('export', id, '--output', 'size')).stderr).toMatch(REFUSAL);
  });

  it('is tested, each test by its own', async () => {
    const file = join(platform.directory, 'tests.yaml');
    await writeFile(
      file,
      `version: 1
output: corner
tests:
  - { name: corners are errors, expect: mean(correct) <= 0.9 }
  - { name: places are learned, output: place, expect: mean(correct) >= 0.9 }
  - { name: better than one epoch, expect: mean(loss) <= previous }
`,
    );
    const judge = (...args: readonly string[]) =>
      command('test', '--run', platform.runId, '--baseline', platform.earlierRunId, '--file', file, ...args);
    const { code, stdout, stderr } = await judge();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/3 passed, 0 failed, 0 undecided/);
    expect(code).toBe(0);
    await writeFile(file, 'version: 1\ntests:\n  - { name: a, output: size, expect: count() > 0 }\n');
    expect((await judge()).stderr).toMatch(REFUSAL);
  });

  it('is judged by a suite of the platform, which is undecided where a version has no such output', async () => {
    const suite = await platform.rest.make<{ id: string }>(
      `/v1/projects/${platform.projectId}/test-suites`,
      'testSuite',
      {
        displayName: 'outputs',
        document: `version: 1
tests:
  - { name: place, expect: mean(correct) >= 0.9 }
  - { name: corner, output: corner, expect: mean(correct) >= 0.9 }
  - { name: size, output: size, expect: mean(correct) >= 0.9 }
`,
      },
    );
    expect((await command('suites', 'judge', suite.id, '--run', platform.runId)).code).toBe(1);
    const { body } = await platform.rest.get(
      `/v1/projects/${platform.projectId}/test-results?test_suite_id=${suite.id}`,
    );
    const results = body['testResults'] as { testName: string; status: string; reason: string }[];
    const find = (name: string) => results.find(({ testName }) => testName === name)!;
    expect(find('place').status).toBe('TEST_STATUS_PASS');
    expect(find('corner').status).toBe('TEST_STATUS_FAIL');
    expect(find('size')).toMatchObject({
      status: 'TEST_STATUS_UNDECIDED',
      reason: expect.stringMatching(REFUSAL),
    });
  });
});
