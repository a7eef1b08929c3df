import { existsSync } from 'node:fs';
import { access, constants, open, readdir, readFile, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { postgresVersion, startCluster } from '@noema/embedded-postgres';
import { NOEMA_VERSION } from '@noema/kernel';
import { lockDirectory, lostArtifacts, readJson, verifyPlatform } from '@noema/standalone';
import { type Answer, type Check, fail, ok, skipped, warn } from '../finding.js';
import type { Subject } from '../subject.js';

const MIB = 1024 ** 2;
/** PostgreSQL and the store stop at 0; a checkpoint needs some. */
const LITTLE_BYTES = 100 * MIB;
const SOME_BYTES = 1024 * MIB;
const TAIL_BYTES = 256 * 1024;
const HOUR_MS = 3_600_000;

/** Checks of a data directory, whether a platform runs on it or not. */
export function directoryChecks(subject: Subject): Check[] {
  const { directory } = subject;
  if (directory === undefined) return [];
  const { path } = directory;
  const run = { advice: 'start it with "noema up"; its log directory has the reason why it ended' };
  return [
    {
      name: 'data directory',
      advice: `make ${path} writable, or name another with --data-dir`,
      look: () => writable(path),
    },
    { name: 'platform', ...run, look: () => whatRuns(subject) },
    { name: 'disk', advice: 'free some space', look: () => checkDisk(path) },
    {
      name: 'secrets file',
      advice:
        `restore ${directory.secrets} from a backup: without it neither the database nor sealed secrets ` +
        'open',
      look: () => readable(directory.secrets, 'the first start makes it'),
    },
    {
      name: 'versions',
      advice: 'use the version of Noema that made the directory, or a newer one',
      look: () => checkVersions(subject),
    },
    { name: 'page', advice: 'run "make build"', look: pageBuilt },
    { name: 'logs', advice: `look into ${directory.logs}`, look: () => errorsIn(directory.logs) },
    ...(subject.running === true
      ? [
          {
            name: 'artifacts',
            timeoutMs: 180_000,
            advice: 'see "noema verify"',
            look: (signal: AbortSignal) => checkArtifacts(subject, signal),
          },
        ]
      : [
          { name: 'port', advice: 'choose another with --port', look: () => portFree(subject.state?.url) },
          {
            name: 'postgres starts',
            timeoutMs: 60_000,
            advice: `look at its last words here and at the disk; the files are in ${directory.postgres}`,
            look: () => postgresStarts(subject),
          },
        ]),
  ];
}

async function writable(path: string): Promise<Answer> {
  if (!existsSync(path))
    return warn(
      `${path} does not exist`,
      'start a platform with "noema up", or name the right directory with --data-dir',
    );
  await access(path, constants.W_OK | constants.R_OK);
  return ok(path);
}

function whatRuns({ state, running, directory }: Subject): Answer {
  if (running !== true)
    return state === undefined
      ? skipped('nothing has run here')
      : warn(`nothing runs; it was last started ${state.startTime}`, 'start it with "noema up"');
  const all = [...state!.servers, ...state!.services, ...state!.workers];
  const bad = all.filter((p) => p.state !== 'running');
  const restarted = all.filter((p) => p.restarts > 0);
  if (bad.length > 0)
    return fail(
      bad.map((p) => `${p.name} is in state ${p.state} after ${p.restarts} restarts`).join('; '),
      `its log in ${directory!.logs} says why`,
    );
  if (restarted.length > 0)
    return warn(
      restarted.map((p) => `${p.name} was started again ${p.restarts} times`).join('; '),
      `its log in ${directory!.logs} says why`,
    );
  return ok(`process ${state!.pid}, ${all.length} processes, since ${state!.startTime}`);
}

async function checkDisk(path: string): Promise<Answer> {
  const { bavail, blocks, bsize } = await statfs(existsSync(path) ? path : '.');
  const [free, total] = [bavail * bsize, blocks * bsize];
  const found = `${Math.round(free / MIB)} MiB free of ${Math.round(total / MIB)} MiB`;
  if (free < LITTLE_BYTES)
    return fail(
      found,
      'free space now: writes fail and PostgreSQL stops; delete dataset versions or runs, or move the ' +
        'directory',
    );
  if (free < SOME_BYTES) return warn(found, 'free some space before it runs out');
  return ok(found);
}

async function readable(path: string, absent: string): Promise<Answer> {
  const content = await readJson<object>(path);
  return content === undefined ? skipped(`there is none; ${absent}`) : ok('exists and can be read');
}

async function checkVersions({ directory, state }: Subject): Promise<Answer> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) return fail(`Node.js ${process.versions.node}`, 'use Node.js 20 or newer');
  const data = await readFile(join(directory!.postgres, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
  const binaries = await postgresVersion();
  if (data !== undefined && data !== binaries.split('.')[0])
    return fail(
      `the database was made by PostgreSQL ${data}, and here is ${binaries}`,
      'use the version of Noema that made it, dump it, and restore it into a new directory',
    );
  if (state !== undefined && state.version !== NOEMA_VERSION)
    return warn(
      `Noema ${state.version} runs or ran on it, this is ${NOEMA_VERSION}`,
      'stop it and start it again, so that all of it has one version',
    );
  return ok(`Noema ${NOEMA_VERSION}, Node.js ${process.versions.node}, PostgreSQL ${binaries}`);
}

/** Presence and size of all that rows name; only `noema verify --read` compares hashes. */
async function checkArtifacts({ directory }: Subject, signal: AbortSignal): Promise<Answer> {
  const lost = lostArtifacts(await verifyPlatform(directory!, { reads: false, signal }));
  return lost === undefined
    ? ok('every artifact that the database names is in the store')
    : fail(lost, 'restore them from a backup, or make again what they belong to; "noema verify" lists them');
}

function pageBuilt(): Answer {
  const page = fileURLToPath(
    new URL('./dist/page/index.html', import.meta.resolve('@noema/web/package.json')),
  );
  return existsSync(page)
    ? ok('built')
    : warn('the page is not built', 'run "make build" and start the platform again');
}

/** Lines at error and above of the last hour, in the last part of each log. */
async function errorsIn(folder: string): Promise<Answer> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl'));
  const since = new Date(Date.now() - HOUR_MS).toISOString();
  const found = (
    await Promise.all(
      files.map(async (file) => {
        const lines = (await readTail(join(folder, file))).filter(
          (line) => (line.level === 'error' || line.level === 'fatal') && line.time > since,
        );
        return lines.length === 0
          ? []
          : [`${file}: ${lines.length}, last "${lines.at(-1)!.msg.slice(0, 120)}"`];
      }),
    )
  ).flat();
  if (found.length === 0) return ok(`no errors in ${files.length} logs in the last hour`);
  return warn(
    `errors in the last hour: ${found.join('; ')}`,
    `read them in ${folder}; a trace_id leads from one log to the others`,
  );
}

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
}

async function readTail(path: string): Promise<Line[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes
      .toString('utf8')
      .split('\n')
      .flatMap((text) => {
        try {
          const { level = '', time = '', msg = '' } = JSON.parse(text) as Partial<Line>;
          return [{ level, time, msg }];
        } catch {
          return []; // the first one is cut
        }
      });
  } finally {
    await file.close();
  }
}

async function portFree(url: string | undefined): Promise<Answer> {
  const port = url === undefined ? 7070 : Number(new URL(url).port);
  const fault = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(undefined);
      });
    });
  });
  return fault === undefined
    ? ok(`${port} is free`)
    : fail(
        `port ${port} of 127.0.0.1 is in use by another program`,
        'end that program, or start with --port 0 for any free one',
      );
}

/**
 * Starts the database on a separate port and stops it again. Holds the lock of the directory, so that no
 * platform starts in the meantime.
 */
async function postgresStarts({ directory, keys: _ }: Subject): Promise<Answer> {
  if (!existsSync(join(directory!.postgres, 'PG_VERSION')))
    return skipped('there is no database yet; the first start makes it');
  const { postgresPassword } = (await readJson<{ postgresPassword?: string }>(directory!.secrets)) ?? {};
  if (postgresPassword === undefined)
    return fail('its password was lost with secrets.json', `restore ${directory!.secrets} from a backup`);
  const release = await lockDirectory(directory!.path);
  try {
    const cluster = await startCluster({ directory: directory!.postgres, password: postgresPassword });
    await cluster.stop('fast');
    return ok('it was started and stopped');
  } finally {
    await release();
  }
}
