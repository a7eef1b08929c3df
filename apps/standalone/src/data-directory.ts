import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Where everything of one standalone platform lies. */
export class DataDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  get postgres(): string {
    return this.of('postgres');
  }
  get store(): string {
    return this.of('store');
  }
  get logs(): string {
    return this.of('logs');
  }
  /** Passwords and the signing key, for the owner alone. */
  get secrets(): string {
    return this.of('secrets.json');
  }
  /** The API key of the first member, for the owner alone. */
  get credentials(): string {
    return this.of('credentials.json');
  }
  /** The API key of the first member of one of several teams. */
  toCredentialsPath(team: string): string {
    return this.of(`credentials-${team}.json`);
  }
  /** The file of the running processes; see `PlatformState`. */
  get state(): string {
    return this.of('platform.json');
  }

  /** A file or folder in it. */
  of(name: string): string {
    return join(this.path, name);
  }

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o755 });
    await Promise.all([
      mkdir(this.store, { recursive: true, mode: 0o700 }),
      mkdir(this.logs, { recursive: true, mode: 0o700 }),
    ]);
  }
}

/** Reads a JSON file; returns `undefined` if it does not exist. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes a JSON file so that a reader sees the old or the new one, never half, also after a loss of power.
 */
export async function writeJson(path: string, value: unknown, mode = 0o600): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(value, undefined, 2)}\n`, { mode, flush: true });
  await rename(temporary, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync(); // else the name may be lost with the power
  } finally {
    await folder.close();
  }
}
