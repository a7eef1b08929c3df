import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProgram } from '../program.js';

const [PROJECT, SUITE, RUN] = [1, 2, 3].map((n) => `0190b5a0-0000-7000-8000-00000000000${n}`);
const DOCUMENT = 'version: 1\ntests: [{ name: good, expect: mean(correct) >= 0.9 }]\n';
const stored = { id: SUITE, projectId: PROJECT, displayName: 'nightly', document: DOCUMENT, etag: 'r1' };

let written: { readonly method: string; readonly path: string; readonly body: Record<string, unknown> }[] =
  [];

/** The few RPCs of a gateway that the command calls. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', method = '' } = request;
  const { pathname } = new URL(url, 'http://localhost');
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
  if (method === 'GET') return send({ testSuites: [stored] });
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
  written = [];
});

async function suites(...args: readonly string[]): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const program = createProgram({ dataDir: directory, url, key: 'nk_test', project: undefined });
  await program.parseAsync(['suites', ...args], { from: 'user' });
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

  it('delete finds the suite by its name', async () => {
    await suites('delete', 'nightly');
    expect(written).toMatchObject([{ method: 'DELETE', path: `/v1/test-suites/${SUITE}` }]);
  });
});
