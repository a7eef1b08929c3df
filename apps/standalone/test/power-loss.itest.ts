import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasProgram, temporaryDirectory } from '@noema/testing';
import { expect, it } from 'vitest';

/**
 * A first start as far as the disk goes: secrets, the database's first files, and a commit that is answered.
 */
const FIRST_START = `
  const { loadSecrets } = await import(${JSON.stringify(new URL('../src/secrets.js', import.meta.url).href)});
  const { startCluster } = await import('@noema/embedded-postgres');
  const { default: pg } = await import('pg');
  const { access } = await import('node:fs/promises');
  const [, secrets, directory, marks] = process.argv;
  await loadSecrets(secrets);
  const cluster = await startCluster({ directory, password: 'secret' });
  const client = new pg.Client(cluster.url());
  await client.connect();
  await client.query('create table t (x int)');
  await access(marks + '/before').catch(() => undefined);
  await client.query('insert into t values (1)');
  await access(marks + '/answered').catch(() => undefined);
  await client.end();
  await cluster.stop('immediate');
`;

interface Call {
  readonly name: string;
  readonly text: string;
}

/** The system calls in the order in which they ended well, or failed for want of a mark. */
const parseCalls = (trace: string): Call[] =>
  trace.split('\n').flatMap((line) => {
    const [, name, text] = /^\d+ +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)$/.exec(line) ?? [];
    return name === undefined || text === undefined ? [] : [{ name, text }];
  });

it.skipIf(!hasProgram('strace'))(
  'RELIABILITY 43: secrets and the first files of the database are on the disk before they have their ' +
    'names, and a commit before it is answered',
  async () => {
    const directory = await temporaryDirectory();
    const [log, secrets, postgres, marks] = ['trace', 'secrets.json', 'postgres', 'marks'].map((name) =>
      join(directory.path, name),
    ) as [string, string, string, string];
    const args = [
      '-f',
      '-y',
      '-s',
      '400',
      '-o',
      log,
      '-e',
      'trace=fsync,fdatasync,sync_file_range,syncfs,rename,renameat,renameat2,access,faccessat',
      process.execPath,
      '--input-type=module',
      '-e',
      FIRST_START,
      secrets,
      postgres,
      marks,
    ];
    await promisify(execFile)('strace', args, {
      cwd: new URL('../..', import.meta.url).pathname,
      maxBuffer: 2 ** 26,
    });
    const calls = parseCalls(await readFile(log, 'utf8'));
    const at = (what: string, found: (call: Call) => boolean, from = 0): number => {
      const index = calls.findIndex((call, n) => n >= from && found(call));
      expect(index, what).toBeGreaterThanOrEqual(0);
      return index;
    };
    const isSync = ({ name, text }: Call, path: string): boolean =>
      /^f(data)?sync$/.test(name) && text.includes(`<${path}`);
    const named = (from: string, to: string): number =>
      at(
        `${to} gets its name`,
        ({ name, text }) =>
          name.startsWith('rename') && text.includes(`"${from}`) && text.includes(`"${to}"`),
      );

    const secretsNamed = named(`${secrets}.`, secrets);
    expect(at('the secrets are synced', (call) => isSync(call, `${secrets}.`))).toBeLessThan(secretsNamed);
    at('the name of the secrets is synced', (call) => isSync(call, `${directory.path}>`), secretsNamed);

    const postgresNamed = named(`${postgres}.new`, postgres);
    for (const file of [
      'PG_VERSION',
      'postgresql.conf',
      'global/pg_control',
      'base/1/PG_VERSION',
      'pg_wal/0',
    ]) {
      expect(
        at(`${file} is synced`, (call) => isSync(call, `${postgres}.new/${file}`)),
        file,
      ).toBeLessThan(postgresNamed);
    }
    at('the name of the database is synced', (call) => isSync(call, `${directory.path}>`), postgresNamed);

    const before = at('the mark before the commit', ({ text }) => text.includes('marks/before'));
    const synced = at('the commit is synced', (call) => isSync(call, `${postgres}/pg_wal/`), before);
    expect(synced).toBeLessThan(
      at('the mark after the answer', ({ text }) => text.includes('marks/answered')),
    );
    await directory.remove();
  },
);
