import { type AddressInfo, createServer } from 'node:net';
import { DomainError } from '@noema/kernel';
import { startPostgres } from '@noema/testing';
import pg from 'pg';
import { expect, it } from 'vitest';
import { untilReachable } from './until-reachable.js';

const connect = async (connectionString: string, connectionTimeoutMillis = 0): Promise<string> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
  return 'connected';
};

it('repeats while the server rejects connections or does not answer, and says each new reason once', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const url = `postgres://a@127.0.0.1:${(silent.address() as AddressInfo).port}/b`;
  const steps = [
    () => connect('postgres://a@127.0.0.1:1/b'),
    () => connect('postgres://a@127.0.0.1:1/b'),
    () => connect(url, 20),
    () => Promise.reject(Object.assign(new Error('starting up'), { code: '57P03' })),
    () => Promise.resolve('done'),
  ];
  const reasons: string[] = [];
  const work = () => steps.shift()!();
  expect(await untilReachable(work, { limitMs: 600_000, onWait: (reason) => reasons.push(reason) })).toBe(
    'done',
  );
  expect(reasons).toEqual(['connect ECONNREFUSED 127.0.0.1:1', 'timeout expired', 'starting up']);
  silent.close();
});

it('throws at once where the password is wrong', async () => {
  const postgres = await startPostgres();
  const wrong = new URL(postgres.url);
  wrong.password = 'wrong';
  let calls = 0;
  const work = () => {
    calls++;
    return connect(wrong.href);
  };
  await expect(untilReachable(work, { limitMs: 600_000, onWait: () => undefined })).rejects.toThrow(
    /password authentication failed/,
  );
  expect(calls).toBe(1);
  await postgres.stop();
});

it('names every address that rejects, after the limit', async () => {
  const refused = ['::1', '127.0.0.1'].map((host) =>
    Object.assign(new Error(`connect ECONNREFUSED ${host}:1`), { code: 'ECONNREFUSED' }),
  );
  const error = Object.assign(new AggregateError(refused), { code: 'ECONNREFUSED' });
  const outcome = untilReachable(() => Promise.reject(error), { limitMs: 0, onWait: () => undefined });
  await expect(outcome).rejects.toBeInstanceOf(DomainError);
  await expect(outcome).rejects.toMatchObject({
    reason: 'DATABASE_UNREACHABLE',
    message: expect.stringContaining('::1:1; connect ECONNREFUSED 127.0.0.1:1') as string,
  });
});
