import { execFile } from 'node:child_process';
import type { ArtifactReport } from '@noema/host';
import { DomainError } from '@noema/kernel';
import { type DataDirectory, readJson } from '../data-directory.js';
import { lockHolder } from '../directory-lock.js';
import type { PlatformState } from '../platform-state.js';
import { type Secrets, servicePassword, STORE_ACCESS_KEY } from '../secrets.js';
import { entryPoint, SERVICES } from '../service-catalog.js';

/**
 * Has every service that stores artifacts compare its rows with the store, as `operate.js verify-artifacts`
 * does in a cluster. Throws `unavailable` NOT_RUNNING.
 */
export async function verifyPlatform(
  directory: DataDirectory,
  { reads, signal }: { readonly reads: boolean; readonly signal?: AbortSignal },
): Promise<ArtifactReport[]> {
  const [state, secrets] = await Promise.all([
    readJson<PlatformState>(directory.state),
    readJson<Secrets>(directory.secrets),
  ]);
  if (state === undefined || secrets === undefined || (await lockHolder(directory.path)) === undefined) {
    throw new DomainError(
      'unavailable',
      'NOT_RUNNING',
      `no platform runs on ${directory.path}; start one with "noema up"`,
    );
  }
  const { serviceUrl } = await import('@noema/host');
  const adminUrl = `postgres://postgres@127.0.0.1:${state.postgres.port}/noema`;
  const reports: ArtifactReport[] = [];
  for (const { name, hasArtifacts } of SERVICES) {
    if (!hasArtifacts) continue;
    const env = {
      NOEMA_DATABASE_URL: serviceUrl(adminUrl, name, servicePassword(secrets, 'postgres', name)),
      NOEMA_STORE_URL: state.storeUrl,
      NOEMA_STORE_CACHE_BYTES: '0',
      NOEMA_STORE_ACCESS_KEY: STORE_ACCESS_KEY,
      NOEMA_STORE_SECRET_KEY: secrets.storeSecretKey,
      NOEMA_LOG_LEVEL: 'silent',
      PATH: process.env['PATH'],
    };
    reports.push(await verified(name, ['verify-artifacts', '--read', reads ? 'yes' : 'no'], { env, signal }));
  }
  return reports;
}

/** Losses and changes in the reports, in one sentence; `undefined` when nothing is. */
export function lostArtifacts(reports: readonly ArtifactReport[]): string | undefined {
  const faults = reports.flatMap((report) => report.faults);
  const count = reports.reduce((sum, { dangling, damaged }) => sum + dangling + damaged, 0);
  return count === 0
    ? undefined
    : `the store has lost or changed ${count} artifacts, such as ${faults[0]!.uri} (${faults[0]!.fault})`;
}

function verified(
  name: string,
  args: readonly string[],
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal | undefined },
): Promise<ArtifactReport> {
  return new Promise((answer, reject) => {
    execFile(
      process.execPath,
      [entryPoint(name, 'operate'), ...args],
      { env, signal, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => {
        try {
          answer(JSON.parse(stdout) as ArtifactReport);
        } catch {
          reject(
            new DomainError(
              'internal',
              'VERIFY_FAILED',
              `the artifacts of ${name} could not be verified: ${stderr || (error?.message ?? 'no answer')}`,
            ),
          );
        }
      },
    );
  });
}
