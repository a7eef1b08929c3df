import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { DomainError } from '@noema/kernel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answerProblem } from './problem-answer.js';

let server: Server;

beforeEach(async () => {
  server = createServer((req, res) => {
    answerProblem(req, res, new DomainError('exhausted', 'BUSY', 'the team has too many requests'));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterEach(async () => {
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

/** Sends 6 MiB, some times, from a process of its own: in one process the turns of both sides alternate. */
const CLIENT = `
const [address, times] = process.argv.slice(1);
const body = 'x'.repeat(6 << 20);
const results = {};
for (let i = 0; i < times; i++) {
  const result = await fetch(address, { method: 'POST', body }).then(
    async (response) => response.status + ' ' + (await response.json()).reason,
    (error) => String(error.cause),
  );
  results[result] = (results[result] ?? 0) + 1;
}
console.log(JSON.stringify(results));
`;

it('is read by a client that is still sending its request', async () => {
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}/`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    CLIENT,
    address,
    '40',
  ]);
  expect(JSON.parse(stdout)).toEqual({ '429 BUSY': 40 });
});
