import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '@noema/testing';
import { noema, noemaJson } from '../command-line.js';
import { demoInto } from '../demo-template.js';
import { RestCaller } from '../rest-caller.js';

/** A platform on which `noema demo` was done, as `make demo` leaves it. */
export interface DemoPlatform {
  readonly url: string;
  readonly apiKey: string;
  readonly rest: RestCaller;
  readonly projectId: string;
  readonly runId: string;
  /** Makes a dataset version of a module of the fixtures; an existing one is taken. */
  ingest(module: string, name: string): Promise<void>;
  /** The name unchanged, or with the time on a platform where an earlier walk took it. */
  freeName(name: string): string;
  close(): Promise<void>;
}

/**
 * Does the demo in a directory of its own; with NOEMA_DEMO_DIR, on the platform that runs there and did it
 * before, which is left running.
 */
export async function startDemoPlatform(): Promise<DemoPlatform> {
  const kept = process.env['NOEMA_DEMO_DIR'];
  const directory =
    kept === undefined ? await temporaryDirectory() : { path: kept, remove: async () => undefined };
  if (kept === undefined) {
    const { code, stdout, stderr } = await demoInto(directory.path);
    if (code !== 0) throw new Error(`noema demo ended with ${code}: ${stdout}${stderr}`);
    await noemaJson(directory.path, 'up', '--port', '0');
  }
  const { url } = JSON.parse(readFileSync(join(directory.path, 'platform.json'), 'utf8')) as { url: string };
  const { api_key: apiKey } = JSON.parse(readFileSync(join(directory.path, 'credentials.json'), 'utf8')) as {
    api_key: string;
  };
  const rest = new RestCaller(url, apiKey);
  const projectId = await idOfDigits(rest, '/v1/projects', 'projects');
  return {
    url,
    apiKey,
    rest,
    projectId,
    runId: await idOfDigits(rest, `/v1/projects/${projectId}/runs`, 'runs'),
    ingest: async (module, name) => {
      await noemaJson(
        directory.path,
        '--project',
        'digits',
        'datasets',
        'create',
        fileURLToPath(new URL(`../fixtures/${module}.js`, import.meta.url)),
        '--name',
        name,
      );
    },
    freeName: (name) => (kept === undefined ? name : `${name} ${Date.now()}`),
    close: async () => {
      if (kept !== undefined) return;
      await noema(directory.path, 'down');
      await directory.remove();
    },
  };
}

/** The demo calls everything that it makes by the same name. */
async function idOfDigits(rest: RestCaller, path: string, list: string): Promise<string> {
  const { body } = await rest.get(path);
  return (body[list] as { id: string; displayName: string }[]).find(
    ({ displayName }) => displayName === 'digits',
  )!.id;
}
