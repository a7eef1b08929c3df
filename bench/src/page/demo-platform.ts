import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../../../apps/cli/dist/src/main.js', import.meta.url));

/** A platform on which `noema demo` was done. */
export interface DemoPlatform {
  readonly url: string;
  readonly apiKey: string;
  /** Path of the newest map of the digits. */
  readonly path: string;
  close(): void;
}

/**
 * Does the demo in a directory of its own; with NOEMA_DEMO_DIR, takes the platform that runs there and did it
 * before.
 */
export async function startDemoPlatform(): Promise<DemoPlatform> {
  const kept = process.env['NOEMA_DEMO_DIR'];
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'noema-bench-'));
  const noema = (...args: readonly string[]): void => {
    execFileSync(process.execPath, [cli, '--data-dir', folder, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  if (kept === undefined) {
    noema('demo', '--port', '0', '--exit');
    noema('--json', 'up', '--port', '0');
  }
  const { url } = JSON.parse(readFileSync(join(folder, 'platform.json'), 'utf8')) as { url: string };
  const { api_key: apiKey } = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8')) as {
    api_key: string;
  };
  return {
    url,
    apiKey,
    path: await pathOfDigits(url, apiKey),
    close: () => {
      if (kept !== undefined) return;
      noema('down');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function pathOfDigits(url: string, apiKey: string): Promise<string> {
  const list = async <T>(path: string, name: string): Promise<T[]> => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${apiKey}` } });
    return ((await answer.json()) as Record<string, T[]>)[name] ?? [];
  };
  const project = (await list<{ id: string; displayName: string }>('/v1/projects', 'projects')).find(
    ({ displayName }) => displayName === 'digits',
  );
  const [run] =
    project === undefined ? [] : await list<{ id: string }>(`/v1/projects/${project.id}/runs`, 'runs');
  if (project === undefined || run === undefined)
    throw new Error(`no project "digits" with a run on ${url}: do the demo there first`);
  return `/projects/${project.id}/runs/${run.id}/population`;
}
