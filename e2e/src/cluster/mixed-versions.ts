import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generateSigningKey, TokenSigner } from '@noema/auth';
import { JOB_SERVICES } from '@noema/contracts';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { createClient } from '@noema/grpc';
import { uuidv7 } from '@noema/kernel';
import { freePorts } from '@noema/local-servers';
import { startPostgres, waitFor } from '@noema/testing';
import { RestCaller } from '../rest-caller.js';

/** A machine with a load of 30 takes minutes to start twenty processes at once. */
const START_MS = 480_000;
const SERVICES = ['workspace', ...JOB_SERVICES];

/** Roots of the checkouts whose processes run which part. */
export interface Mixture {
  /** The one that brings the database up to date. */
  readonly migrations: string;
  readonly api: string;
  readonly worker: string;
}

export interface MixedPlatform {
  readonly rest: RestCaller;
  stop(): Promise<void>;
}

/**
 * A platform on the bus and the store that both versions have, API and workers of different versions; every
 * one a process. Logs go to the directory.
 */
export async function startMixed(
  directory: string,
  { migrations, api, worker }: Mixture,
): Promise<MixedPlatform> {
  const [postgres, key, ports] = [
    await startPostgres(),
    await generateSigningKey(),
    await freePorts(SERVICES.length + 1),
  ];
  const children: ChildProcess[] = [];
  const adminUrl = await postgres.createDatabase('mixed');
  const addresses = new Map(SERVICES.map((name, i) => [name, `127.0.0.1:${ports[i]}`]));
  const store = join(directory, 'store');
  await mkdir(store, { recursive: true });
  const env = (name: string): Record<string, string> => {
    const url = new URL(adminUrl);
    [url.username, url.password] = [`noema_${name}`, 'mixed'];
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      NOEMA_LOG_LEVEL: 'warn',
      NOEMA_DATABASE_URL: url.href,
      NOEMA_STORE_URL: pathToFileURL(store).href,
      NOEMA_GRPC_ADDRESS: addresses.get(name) ?? '127.0.0.1:0',
      NOEMA_SERVICES: [...addresses].map(([service, address]) => `${service}=${address}`).join(','),
      NOEMA_HTTP_ADDRESS: `127.0.0.1:${ports.at(-1)}`,
      NOEMA_AUTH_JWKS: key.jwks,
      NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
      NOEMA_TRUSTED_INTEGRATIONS: 'true',
      NOEMA_ENGINE_THREADS: '1',
    };
  };
  // A version knows only the services, and the workers, that it had.
  const has = (root: string, name: string, file: string): boolean =>
    existsSync(join(root, 'services', name, 'dist/src', `${file}.js`));
  const run = (root: string, name: string, file: string, more: Record<string, string> = {}): ChildProcess => {
    const log = openSync(join(directory, `${name}-${file}.log`), 'a');
    const child = spawn(process.execPath, [join(root, 'services', name, 'dist/src', `${file}.js`)], {
      env: { ...env(name), ...more },
      stdio: ['ignore', log, log],
    });
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(
      children
        .filter((c) => c.exitCode === null && c.signalCode === null)
        .map(async (child) => {
          child.kill('SIGKILL');
          await once(child, 'exit');
        }),
    );
    await postgres.stop();
  };
  try {
    const migrated = await Promise.all(
      SERVICES.filter((name) => has(migrations, name, 'migrate')).map(async (name) =>
        once(run(migrations, name, 'migrate', { NOEMA_DATABASE_ADMIN_URL: adminUrl }), 'exit'),
      ),
    );
    if (migrated.some(([code]) => code !== 0)) throw new Error(`a migration failed; see ${directory}`);
    const served = SERVICES.filter((name) => has(api, name, 'main'));
    for (const name of [...served, 'gateway']) run(api, name, 'main');
    for (const name of JOB_SERVICES) if (has(worker, name, 'worker')) run(worker, name, 'worker');
    const url = `http://127.0.0.1:${ports.at(-1)}`;
    await waitFor(async () => everyServiceServes(url, served), {
      timeoutMs: START_MS,
      intervalMs: 200,
      what: `a mixed platform; logs in ${directory}`,
    });
    return { rest: new RestCaller(url, await makeTeam(addresses.get('workspace')!, key.privateKey)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The gateway itself is ready as soon as the workspace serves; its answer names the others. */
async function everyServiceServes(url: string, names: readonly string[]): Promise<boolean> {
  const { services } = (await (await fetch(`${url}/readyz`)).json()) as {
    services: Readonly<Record<string, boolean>>;
  };
  return names.every((name) => services[name] === true);
}

async function makeTeam(address: string, privateKey: string): Promise<string> {
  const signer = new TokenSigner({ privateKey });
  const teamId = uuidv7();
  const teams = createClient(TeamService, {
    address,
    token: async () => (await signer.sign({ teamId, subject: 'faults', role: 'service' })).token,
    waitForReady: true,
    timeoutMs: 30_000,
  });
  const { adminApiKey } = await teams.createTeam({
    teamId,
    displayName: 'both versions',
    adminDisplayName: 'Both',
  });
  teams.close();
  return adminApiKey;
}
