import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { generateSigningKey } from '@noema/auth';
import { freePorts } from '@noema/local-servers';
import { startPostgres, waitFor } from '@noema/testing';

interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
}

/**
 * `node prove-image.main.js <service> <root> <config>`: runs an image from its mounted root as Kubernetes
 * would, read-only, as the image's user, with a /tmp: without settings it has to say which it lacks, with a
 * database it has to migrate and to serve, and SIGTERM has to end it with 0.
 */
const [service = '', root = '', config = '{}'] = process.argv.slice(2);
const image = JSON.parse(config) as ImageConfig;

function start(args: readonly string[], env: Readonly<Record<string, string>>) {
  const [uid = '0', gid = '0'] = image.User.split(':');
  const variables = Object.entries({
    ...Object.fromEntries(
      image.Env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
    ...env,
  }).flatMap(([name, value]) => ['--setenv', name, value]);
  const child = spawn(
    'bwrap',
    [
      '--ro-bind',
      root,
      '/',
      '--tmpfs',
      '/tmp',
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--unshare-user',
      '--unshare-pid',
      '--uid',
      uid,
      '--gid',
      gid,
      '--chdir',
      image.WorkingDir,
      '--clearenv',
      ...variables,
      '--die-with-parent',
      '--as-pid-1',
      '--info-fd',
      '3',
      '--',
      ...image.Entrypoint,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  let output = '';
  let info = '';
  (child.stdio[3] as Readable).on('data', (chunk: Buffer) => {
    info += chunk.toString();
  });
  // bubblewrap passes no signals on: they go to what it started.
  const terminate = (): void => {
    const { 'child-pid': pid } = JSON.parse(info) as { 'child-pid': number };
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      /* it ended by itself, and its exit code says how */
    }
  };
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  return { terminate, said: () => output, exit: once(child, 'exit').then(([code]) => code as number) };
}

function must(what: string, holds: boolean, said: string): void {
  console.log(`images: ${service}: ${holds ? 'yes' : 'NO'}, ${what}`);
  if (!holds) {
    console.error(said);
    process.exitCode = 1;
  }
}

const bare = start(image.Cmd, {});
must(
  'without settings it says what is missing and exits with 78',
  (await bare.exit) === 78 && /AUTH_JWKS is missing/.test(bare.said()),
  bare.said(),
);

const writer = start(
  [
    '-e',
    'const fs = require("fs"); fs.writeFileSync("/tmp/a", ""); try { fs.writeFileSync("/app/a", ""); ' +
      'process.exit(1); } catch { process.exit(process.getuid() === 65532 ? 0 : 2); }',
  ],
  {},
);
must('it runs as 65532, writes to /tmp and nowhere else', (await writer.exit) === 0, writer.said());

if (service === 'datasets') {
  const runner = `
    const { execFileSync, spawn } = require("child_process");
    execFileSync("python3", ["-I", "-B", "-c", "import numpy"], { stdio: "inherit" });
    const stdio = ["ignore", "inherit", "inherit", "pipe"];
    const runner = spawn("python3", ["-I", "-B", "python/noema/_runner/__main__.py"], { stdio });
    runner.stdio[3].once("data", (frame) => process.exit(frame.includes("ready") ? 0 : 1));
    runner.once("exit", () => process.exit(2));`;
  const python = start(['-e', runner], {});
  must('it runs integrations in Python, with numpy', (await python.exit) === 0, python.said());
}

if (service !== 'gateway') {
  const postgres = await startPostgres();
  try {
    const admin = await postgres.createDatabase();
    const own = new URL(admin);
    [own.username, own.password] = [`noema_${service}`, 'secret'];
    const key = await generateSigningKey();
    const [port] = await freePorts(1);
    const settings = {
      NOEMA_DATABASE_URL: own.href,
      NOEMA_AUTH_JWKS: key.jwks,
      NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
      NOEMA_STORE_URL: 'file:///tmp/store',
      NOEMA_METRICS_ADDRESS: `127.0.0.1:${port}`,
    };
    const migration = start(['dist/src/migrate.js'], {
      NOEMA_DATABASE_URL: own.href,
      NOEMA_DATABASE_ADMIN_URL: admin,
    });
    must('it migrates an empty database', (await migration.exit) === 0, migration.said());
    const roles = service === 'workspace' ? ['main'] : ['main', 'worker'];
    for (const role of roles) {
      const running = start([`dist/src/${role}.js`], settings);
      const lives = await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, {
        timeoutMs: 240_000,
      }).catch(() => false);
      must(`its ${role} answers /readyz`, lives, running.said());
      running.terminate();
      must(`its ${role} ends with 0 on SIGTERM`, (await running.exit) === 0, running.said());
    }
  } finally {
    await postgres.stop();
  }
}
