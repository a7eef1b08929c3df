import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { writeMatrix } from '@noema/artifacts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
const RUN = '0190b5a0-0000-7000-8000-000000000001';
const JOB = { id: '0190b5a0-0000-7000-8000-000000000002', state: 'JOB_STATE_QUEUED' };

/** Requests of the command line to a gateway whose job stays in the queue. */
let asked: string[] = [];
const watches = new EventEmitter();
/** An analysis that exists already; undefined where a job makes it. */
let explained: object | undefined;
let mediaType = 'text/plain; charset=utf-8';

function answer({ method = '', url = '' }: IncomingMessage, response: ServerResponse): void {
  asked.push(`${method} ${url.split('?')[0]!}`);
  if (url.endsWith('/values')) {
    response.writeHead(200, { 'content-type': 'application/vnd.apache.arrow.file' });
    response.end(writeMatrix([{ name: 'values', data: Float32Array.of(0.5, 0, -1), rows: 3, dims: [] }]));
    return;
  }
  if (url.endsWith(':watch') || url.includes(':watch?')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify({ job: JOB })}\n\n`);
    watches.emit('begin');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  const made = explained === undefined ? { analysis: { id: RUN }, job: JOB } : { analysis: explained };
  response.end(
    JSON.stringify(
      url.startsWith('/v1/projects?')
        ? { projects: [{ id: RUN, displayName: 'default' }] }
        : url.includes(':cancel')
          ? { job: JOB }
          : url.startsWith('/v1/dataset-versions/')
            ? { datasetVersion: { id: RUN, visualizers: [{ name: 'default', mediaType }] } }
            : made,
    ),
  );
}

const server = createServer(answer);
beforeAll(
  () =>
    new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    }),
);
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  [asked, explained] = [[], undefined];
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  'a command that is ended by %s takes its own waiting job with it',
  async (signal) => {
    const watched = once(watches, 'begin');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(
      process.execPath,
      [MAIN, '--url', url, '--key', 'noema_key', 'analyze', RUN, 'validation/1'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = once(child, 'close');
    await Promise.race([
      watched,
      ended.then(() => {
        throw new Error(said);
      }),
    ]);
    child.kill(signal);
    expect(await ended, said).toEqual([130, null]);
    expect(asked.at(-1)).toMatch(new RegExp(`^POST /v1/.*${JOB.id}:cancel$`));
  },
);

it.each([
  ['a text', 'text/plain; charset=utf-8', true],
  ['a picture', 'image/png', false],
])('prints the heat map over %s as a line of blocks: %s, %s', async (_, type, isPrinted) => {
  mediaType = type;
  explained = {
    id: RUN,
    datasetVersionId: RUN,
    sample: { split: 'SPLIT_VALIDATION', sampleId: '1' },
    heatMaps: [
      {
        id: 'm',
        method: 'occlusion',
        target: { kind: 'TARGET_KIND_CLASS', className: 'rain' },
        dims: [3],
        signed: true,
      },
    ],
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(
    process.execPath,
    [MAIN, '--url', url, '--key', 'noema_key', 'analyze', RUN, 'validation/1'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } },
  );
  let [said, faults] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    faults += text;
  });
  expect(await once(child, 'close'), faults).toEqual([0, null]);
  expect(said.includes('class rain occlusion  ▄ ▓\n█ for  ▓ against\n'), said).toBe(isPrinted);
});
