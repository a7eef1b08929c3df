import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnApplicationShutdown } from '@nestjs/common';
import { buildEnvironment, requireWheels, type WheelFile } from './environment.builder.js';
import type { PythonDescription } from './python.description.js';
import type { Requirement } from './requirements.js';

/** A folder of packages or data on this machine while a process uses it. */
export interface OpenEnvironment {
  /** The folder. */
  readonly path: string;
  /** Bytes of its files. */
  readonly bytes: number;
  /** To be called when its process has ended. */
  release(): void;
}

interface Built {
  readonly path: string;
  readonly bytes: number;
}

interface Entry {
  readonly built: Promise<Built>;
  bytes: number;
  users: number;
}

const PREFIX = 'noema-environments-';
const DAY_MS = 86_400_000;

/**
 * Environments and data that were unpacked, by their contents. The least recently used ones that no process uses
 * are deleted above `maxBytes`; all of them when the service ends.
 */
export class EnvironmentCache implements OnApplicationShutdown {
  /** In the order of use. */
  private readonly entries = new Map<string, Entry>();
  private root: Promise<string> | undefined;

  constructor(private readonly maxBytes: number) {}

  /**
   * Builds the environment of the wheels unless the one of `key` exists; the key has to stand for their content,
   * not only for what they claim. Throws as `buildEnvironment`.
   */
  async open(
    key: string,
    wheels: readonly WheelFile[],
    requirements: readonly Requirement[],
    python: PythonDescription,
  ): Promise<OpenEnvironment> {
    requireWheels(wheels, requirements, python);
    return this.openFolder(key, (path) => buildEnvironment(path, wheels, requirements, python));
  }

  /**
   * Builds the folder of `key` unless it exists; the key has to stand for its content. Throws what `build` throws,
   * and deletes what it has written then.
   */
  async openFolder(
    key: string,
    build: (path: string) => Promise<{ readonly bytes: number }>,
  ): Promise<OpenEnvironment> {
    let entry = this.entries.get(key);
    if (entry === undefined) {
      entry = { built: this.build(build), bytes: 0, users: 0 };
    } else this.entries.delete(key);
    this.entries.set(key, entry);
    entry.users++;
    try {
      const { path, bytes } = await entry.built;
      entry.bytes = bytes;
      await this.trim();
      let isOpen = true;
      const opened = entry;
      return {
        path,
        bytes,
        release: () => {
          if (isOpen) opened.users--;
          isOpen = false;
        },
      };
    } catch (error) {
      if (this.entries.get(key) === entry) this.entries.delete(key);
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    const root = await this.root?.catch(() => undefined);
    this.root = undefined;
    this.entries.clear();
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  }

  private async build(build: (path: string) => Promise<{ readonly bytes: number }>): Promise<Built> {
    // One that is being deleted may have the same key.
    const path = join(await (this.root ??= makeRoot()), randomUUID());
    try {
      const { bytes } = await build(path);
      return { path, bytes };
    } catch (error) {
      await rm(path, { recursive: true, force: true });
      throw error;
    }
  }

  private async trim(): Promise<void> {
    let total = [...this.entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [key, { users, bytes, built }] of this.entries) {
      if (total <= this.maxBytes) return;
      if (users > 0) continue;
      this.entries.delete(key);
      total -= bytes;
      await rm((await built).path, { recursive: true, force: true });
    }
  }
}

/** A folder of this process; folders of processes that crashed are deleted. */
async function makeRoot(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(tmpdir(), name);
    // Of another container that shares the folder, the process is not visible; of another user, it may not be.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < Date.now() - DAY_MS)
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
  const root = await realpath(await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`)));
  if (process.getuid?.() === 0) await chmod(root, 0o755); // for the sandbox, whose user is not root
  return root;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
