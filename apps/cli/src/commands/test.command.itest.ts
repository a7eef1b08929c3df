import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Filter } from '@noema/kernel';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProgram } from '../program.js';

const PROJECT = '0190b5a0-0000-7000-8000-000000000001';
const RUNS = [
  { id: '0190b5a0-0000-7000-8000-00000000000a', displayName: 'new', datasetVersionId: PROJECT },
  { id: '0190b5a0-0000-7000-8000-00000000000b', displayName: 'main', datasetVersionId: PROJECT },
].map((run) => ({ ...run, projectId: PROJECT, state: 'RUN_STATE_SUCCEEDED' }));
const SAMPLES = 1500;
const SEARCH = {
  ...{ state: 'JOB_STATE_SUCCEEDED', sampleCount: SAMPLES, searchedCount: SAMPLES },
  outcomes: [{ kind: 'leakage', title: 'Leakage', state: 'INSIGHT_OUTCOME_STATE_DONE' }],
};

/** Of 1,500 samples, 500 are dim. The new run misclassifies 30 dim samples that the other one does not. */
const evaluations = (isNew: boolean) =>
  Array.from({ length: SAMPLES }, (_, row) => ({
    row,
    dim: row % 3 === 0,
    loss: 0.25 + (row % 7) / 10,
    hasLoss: row !== 1,
    correct: row % 50 !== 7 && !(isNew && row % 3 === 0 && row < 90),
  }));

/** Sentences of the insights of the new run; undefined: it was not searched. */
let found: readonly string[] | undefined;
/** Requests of evaluations, with their filter. */
let requests: string[] = [];
let isBroken = false;
/** The stored suite, and the bodies of requests that write suites and results. */
let stored:
  | { readonly id: string; readonly projectId: string; readonly etag: string; readonly document: string }
  | undefined;
/** Document that another client writes before the next write of this one. */
let racing: string | undefined;
let written: { readonly method: string; readonly path: string; readonly body: Record<string, unknown> }[] =
  [];

/** The few RPCs of a gateway that the command calls; filters are the platform's own. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', method = '' } = request;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const filter = searchParams.get('filter') ?? '';
  const send = (body: object, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (isBroken) return send({ status: 500, title: 'broken', reason: 'INTERNAL', detail: 'broken' }, 500);
  if (pathname === '/v1/projects') return send({ projects: [{ id: PROJECT, displayName: 'default' }] });
  if (pathname.includes('/test-suites')) {
    if (method === 'GET' && pathname.startsWith('/v1/test-suites/')) return send({ testSuite: stored });
    if (method === 'GET') return send({ testSuites: stored === undefined ? [] : [stored] });
    const body = JSON.parse(await text(request)) as Record<string, unknown>;
    written.push({ method, path: pathname, body });
    if (pathname.endsWith('/results')) return send({ closedIssueIds: [PROJECT] });
    if (racing !== undefined) {
      stored = { id: PROJECT, projectId: PROJECT, etag: 'r9', document: racing };
      racing = undefined;
      const reason = method === 'POST' ? 'TEST_SUITE_NAME_TAKEN' : 'RESOURCE_CHANGED';
      response.setHeader('content-type', 'application/problem+json');
      response.writeHead(409).end(JSON.stringify({ reason, detail: 'another client was faster' }));
      return;
    }
    stored = {
      id: PROJECT,
      projectId: PROJECT,
      etag: `r${written.length}`,
      document: String(body['document']),
    };
    return send({ testSuite: stored });
  }
  if (pathname.endsWith('/insight-searches'))
    return send({ insightSearches: found === undefined ? [] : [SEARCH] });
  if (pathname.endsWith('/insights'))
    return send({ insights: found!.map((sentence) => ({ sentence, kind: 'leakage' })) });
  const run = RUNS.find(({ id, displayName }) => url.includes(id) || filter.includes(`"${displayName}"`));
  if (!pathname.endsWith('/evaluations'))
    return send(pathname.endsWith('/runs') ? { runs: [run ?? RUNS[0]] } : { run });
  requests.push(`${run!.displayName} ${filter}`);
  const fields = { row: 'number', dim: 'boolean', loss: 'number', correct: 'boolean' } as const;
  try {
    const parsed = Filter.of(filter, fields);
    const rows = evaluations(run === RUNS[0]).filter((row) => parsed.matches((name) => row[name as 'row']));
    const from = Number(searchParams.get('pageToken') ?? searchParams.get('page_token') ?? 0);
    send({
      evaluations: rows
        .slice(from, from + 1000)
        .map(({ dim: _, ...row }) => ({ ...row, task: 'TASK_MULTI_CLASS' })),
      nextPageToken: from + 1000 < rows.length ? String(from + 1000) : '',
    });
  } catch (error) {
    send({ status: 400, title: 'invalid', reason: 'FILTER_INVALID', detail: (error as Error).message }, 400);
  }
}

const server = createServer((request, response) => void answer(request, response));
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'noema-test-'));
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  [requests, isBroken, stored, written, racing] = [[], false, undefined, [], undefined];
  found = undefined;
});
// The exit code is that of the command, not of the test program.
afterEach(() => {
  process.exitCode = undefined;
});

/** Runs the command on a file; returns its exit code. */
async function test(yaml: string, ...args: readonly string[]): Promise<typeof process.exitCode> {
  const file = join(directory, 'noema.yaml');
  await writeFile(file, yaml);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const given = ['test', '--file', file, ...args];
  const program = await createProgram({ dataDir: directory, url, key: 'nk_test', project: undefined }, given);
  await program.parseAsync(given, { from: 'user' });
  return process.exitCode;
}

const suite = (...tests: readonly string[]): string =>
  [
    'version: 1',
    'slices: { dim: { where: "dim = true" } }',
    'tests:',
    ...tests.map((one) => `  - ${one}`),
  ].join('\n');
const PASSES = '{ name: mostly correct, expect: mean(correct) >= 0.9 }';
const FAILS = '{ name: dim <samples> & "more", on: dim, expect: mean(correct) >= previous }';
const UNDECIDED = '{ name: close, on: dim, where: "row < 600", expect: mean(correct) >= 0.88 }';

describe('noema test', () => {
  it('ends with 0 when all tests pass, over all pages and without a baseline', async () => {
    expect(await test(suite(PASSES, '{ name: all, expect: count() = 1500 }'))).toBe(0);
    expect(requests).toEqual(['new ', 'new ']);
  });

  it('ends with 1 when a slice got worse, and writes both reports', async () => {
    const [report, markdown] = [join(directory, 'junit.xml'), join(directory, 'summary.md')];
    const args = ['--baseline', 'main', '--report', report, '--markdown', markdown];
    expect(await test(suite(PASSES, FAILS, UNDECIDED), ...args)).toBe(1);
    const xml = await readFile(report, 'utf8');
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"');
    expect(xml).toContain(
      'name="dim &#60;samples&#62; &#38; &#34;more&#34;"><failure message="fail: mean(correct) is ',
    );
    expect(xml).toMatch(/difference -0\.0\d+ \[-0\.\d+, -0\.\d+\] of 500 samples/);
    expect(xml).toMatch(/<skipped message="undecided: .* about \d+ samples would decide it"\/>/);
    const table = await readFile(markdown, 'utf8');
    expect(table).toContain('### Noema: 1 passed, 1 failed, 1 undecided\n\nnew against main\n');
    expect(table).toContain(`| [**fail**](http://127.0.0.1`);
    expect(table).toContain(`/projects/${PROJECT}/runs/${RUNS[0]!.id}/population) | 500 |`);
    expect(requests).toEqual(
      expect.arrayContaining(['new dim = true', 'main ', 'new (dim = true) AND (row < 600)']),
    );
  });

  it('judges conditions on insights with three values, in both reports', async () => {
    const [report, markdown] = [join(directory, 'junit.xml'), join(directory, 'summary.md')];
    const yaml = suite('{ name: no leakage, expect: "count(insights, kind = leakage) = 0" }');
    const judged = () => test(yaml, '--report', report, '--markdown', markdown);
    expect(await judged()).toBe(2);
    expect(await readFile(report, 'utf8')).toContain(
      'skipped message="undecided: the run was not searched for insights',
    );
    found = [];
    expect(await judged()).toBe(0);
    found = ['3 twins across splits.'];
    expect(await judged()).toBe(1);
    expect(await readFile(report, 'utf8')).toContain('failure message="fail: 1 insights among 1500 searched');
    expect(await readFile(markdown, 'utf8')).toMatch(/\*\*fail\*\*.*\| 1500 \|.*3 twins across splits/);
    expect(requests).toEqual([]);
  });

  it('stores the results under a suite, which takes over the file', async () => {
    const [first, second] = [suite(PASSES, FAILS), suite(FAILS)];
    await test(first, '--baseline', 'main', '--save', 'nightly');
    const [created, saved] = written;
    expect(created).toMatchObject({ method: 'POST', body: { displayName: 'nightly', document: first } });
    expect(saved!.body).toMatchObject({
      ...{ runId: RUNS[0]!.id, baselineRunId: RUNS[1]!.id, testSuiteEtag: 'r1' },
      results: [
        { testName: 'mostly correct', status: 'TEST_STATUS_PASS', n: '1499', limit: 0.9 },
        { testName: expect.stringContaining('dim'), status: 'TEST_STATUS_FAIL', n: '500' },
      ],
    });
    const [, failed] = saved!.body['results'] as { previous: number; limit: number; reason: string }[];
    expect(failed!.limit).toBe(failed!.previous);
    expect(failed!.reason).toMatch(/^fail: mean\(correct\) is /);
    written = [];
    await test(first, '--baseline', 'main', '--save', 'nightly');
    expect(written.map(({ path }) => path)).toEqual([expect.stringMatching(/results$/)]);
    written = [];
    await test(second, '--baseline', 'main', '--save', 'nightly');
    expect(written[0]).toMatchObject({ method: 'PATCH', body: { document: second, etag: 'r1' } });
  });

  it('stores the results under the suite that another job has created meanwhile, if it is the same', async () => {
    for (const first of [undefined, suite(UNDECIDED)]) {
      [written, stored] = [[], undefined];
      if (first !== undefined) stored = { id: PROJECT, projectId: PROJECT, etag: 'r1', document: first };
      racing = suite(PASSES);
      expect(await test(suite(PASSES), '--save', 'nightly')).toBe(0);
      expect(written.at(-1)).toMatchObject({
        path: expect.stringMatching(/results$/),
        body: { testSuiteEtag: 'r9' },
      });
      racing = suite(FAILS);
      stored = undefined;
      expect(await test(suite(PASSES), '--save', 'nightly')).toBe(2);
    }
  });

  it.each([
    [[], { baselineRule: 'BASELINE_RULE_PREVIOUS_RUN' }],
    [['main'], { baselineRule: 'BASELINE_RULE_FIXED_RUN', baselineRunId: RUNS[1]!.id }],
  ])('makes the suite judge new versions by --new-versions %s', async (baseline, fields) => {
    expect(await test(suite(PASSES), '--save', 'nightly', '--new-versions', ...baseline)).toBe(0);
    expect(written[0]!.body).toMatchObject({ runForNewVersions: true, ...fields });
    written = [];
    expect(await test(suite(PASSES), '--new-versions', ...baseline)).toBe(2);
    expect(written).toEqual([]);
  });

  it('does not change a suite of another project', async () => {
    stored = { id: PROJECT, projectId: RUNS[0]!.id, etag: 'r1', document: suite(FAILS) };
    expect(await test(suite(PASSES), '--save', PROJECT)).toBe(2);
    expect(written).toEqual([]);
  });

  it.each([
    ['an undecided test', suite(PASSES, UNDECIDED)],
    ['a missing baseline', suite(FAILS)],
    ['an unknown field', suite('{ name: a, expect: mean(colour) > 1 }')],
    ['a filter that the platform refuses', suite('{ name: a, where: "colour = 1", expect: count() > 1 }')],
    ['a faulty file', 'version: 1\ntests: [{ name: a'],
  ])('ends with 2 for %s', async (_, yaml) => {
    expect(await test(yaml)).toBe(2);
  });

  it('ends with 3 when the platform fails', async () => {
    isBroken = true;
    expect(await test(suite(PASSES))).toBe(3);
  });
});
