import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { encodeEvent, EVENT_STREAM } from '@noema/rest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../program.js';

const [PROJECT, SUITE, RUN, JUDGMENT] = [1, 2, 3, 4].map((n) => `0190b5a0-0000-7000-8000-00000000000${n}`);
const DOCUMENT = 'version: 1\ntests: [{ name: good, expect: mean(correct) >= 0.9 }]\n';
const stored = { id: SUITE, projectId: PROJECT, displayName: 'nightly', document: DOCUMENT, etag: 'r1' };

const JUDGING = {
  ...{ testNames: ['good'], runForNewVersions: true, baselineRule: 'BASELINE_RULE_PREVIOUS_RUN' },
};

let written: { readonly method: string; readonly path: string; readonly body: Record<string, unknown> }[] =
  [];

/** The job that judges, and the judgment when the job has ended. */
let job: object;
let judgment: object;
/** Results of the run: of the judged epoch, of an earlier one, and of a test that the suite had before. */
const RESULTS = [
  { testName: 'good', epoch: 3, reason: 'pass: it is met' },
  { testName: 'good', epoch: 2, reason: 'fail: of an earlier epoch' },
  { testName: 'removed', epoch: 3, reason: 'fail: of an earlier suite' },
];
let printed = '';

/** The few RPCs of a gateway that the command calls. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', method = '' } = request;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (method !== 'GET') {
    const body = await text(request);
    written.push({ method, path: pathname, body: (body === '' ? {} : JSON.parse(body)) as never });
  }
  const send = (body: object): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (pathname === '/v1/projects') return send({ projects: [{ id: PROJECT, displayName: 'default' }] });
  if (pathname.endsWith('/runs'))
    return send({
      runs: [{ id: RUN, projectId: PROJECT, displayName: 'main', state: 'RUN_STATE_SUCCEEDED' }],
    });
  if (pathname.endsWith('/judgments')) return send({ testJudgment: { id: JUDGMENT }, job: { id: 'j1' } });
  if (pathname === '/v1/quality/jobs/j1:watch') {
    response.writeHead(200, { 'content-type': EVENT_STREAM });
    response.end(encodeEvent({ data: JSON.stringify({ job }) }) + encodeEvent({ event: 'end', data: '{}' }));
    return;
  }
  if (pathname === `/v1/test-judgments/${JUDGMENT}`) return send({ testJudgment: judgment });
  if (pathname.endsWith('/test-results'))
    return send({
      testResults: RESULTS.filter(({ epoch }) => searchParams.get('filter') === `epoch = ${epoch}`),
    });
  if (pathname === `/v1/test-suites/${SUITE}` && method === 'GET')
    return send({ testSuite: { ...stored, testNames: ['good'] } });
  if (method === 'GET') return send({ testSuites: [{ ...stored, ...JUDGING }] });
  return send(method === 'DELETE' ? {} : { testSuite: { ...stored, testNames: ['good'] } });
}

const server = createServer((request, response) => void answer(request, response));
let directory: string;
let file: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'noema-suites-'));
  file = join(directory, 'tests.yaml');
  await writeFile(file, DOCUMENT);
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
  [written, printed] = [[], ''];
  job = { id: 'j1', state: 'JOB_STATE_SUCCEEDED' };
  judgment = { id: JUDGMENT, state: 'JOB_STATE_SUCCEEDED', epoch: 3, passing: 1 };
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => ((printed += String(line)), true));
});
// The exit code is that of the command, not of the test program.
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function suites(...args: readonly string[]): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const given = ['suites', ...args];
  const program = await createProgram({ dataDir: directory, url, key: 'nk_test', project: undefined }, given);
  await program.parseAsync(given, { from: 'user' });
}

describe('noema suites', () => {
  it.each([
    [[], {}],
    [['--new-versions'], { runForNewVersions: true, baselineRule: 'BASELINE_RULE_PREVIOUS_RUN' }],
    [['--new-versions', 'none'], { runForNewVersions: true, baselineRule: 'BASELINE_RULE_NONE' }],
    [
      ['--new-versions', 'main'],
      { runForNewVersions: true, baselineRule: 'BASELINE_RULE_FIXED_RUN', baselineRunId: RUN },
    ],
  ])('create sends the file and %j', async (args, fields) => {
    await suites('create', 'nightly', '--file', file, ...args);
    expect(written).toEqual([
      {
        ...{ method: 'POST', path: `/v1/projects/${PROJECT}/test-suites` },
        body: { displayName: 'nightly', document: DOCUMENT, ...fields },
      },
    ]);
  });

  it('update sends what changes, with the state that it has read', async () => {
    await suites('update', 'nightly', '--no-new-versions');
    await suites('update', 'nightly', '--file', file);
    expect(written.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array.from({ length: 2 }, () => `PATCH /v1/test-suites/${SUITE}`),
    );
    expect(written[0]!.body).toEqual({ etag: 'r1', baselineRule: 'BASELINE_RULE_NONE' });
    expect(written[1]!.body).toEqual({ etag: 'r1', document: DOCUMENT });
  });

  it('list prints each suite with its tests, and whether it judges new versions', async () => {
    await suites('list');
    expect(printed).toMatch(new RegExp(`${SUITE} +nightly +1 +judged against previous`));
  });

  it.each([
    [0, {}],
    [1, { failing: 1, undecided: 1 }],
    [2, { undecided: 1 }],
  ])('judge ends with %i, and prints the results of the judged epoch and tests', async (code, counts) => {
    judgment = { ...judgment, ...counts };
    await suites('judge', 'nightly', '--run', 'main');
    expect(process.exitCode).toBe(code);
    expect(written).toMatchObject([{ path: `/v1/test-suites/${SUITE}/judgments`, body: { runId: RUN } }]);
    expect(printed).toMatch(/good +pass: it is met/);
    expect(printed).not.toMatch(/earlier/);
  });

  it.each([
    ['the run cannot be judged', 2, { state: 'JOB_STATE_FAILED', fault: { reason: 'EPOCH_NOT_FOUND' } }, {}],
    ['the platform fails', 3, { state: 'JOB_STATE_FAILED', fault: { reason: 'INTERNAL' } }, {}],
    ['the run is judged again', 3, {}, { state: 'JOB_STATE_QUEUED', epoch: 0 }],
  ])('judge prints no results when %s, and ends with %i', async (_, code, ofJob, ofJudgment) => {
    [job, judgment] = [
      { ...job, ...ofJob },
      { ...judgment, ...ofJudgment },
    ];
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await suites('judge', 'nightly');
    expect([process.exitCode, printed]).toEqual([code, '']);
  });

  it('delete finds the suite by its name', async () => {
    await suites('delete', 'nightly');
    expect(written).toMatchObject([{ method: 'DELETE', path: `/v1/test-suites/${SUITE}` }]);
  });
});
