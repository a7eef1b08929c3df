import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CodeBlock } from './code-blocks.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const run = promisify(execFile);

/**
 * A person who follows a document in a folder of their own, block by block: writes the files, types the
 * commands.
 */
export class DocumentReader {
  private constructor(
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /**
   * Prepares a folder whose commands find `noema`, the clone as `$NOEMA`, the platform of a data directory,
   * and what else a document takes for known.
   */
  static async in(
    folder: string,
    dataDir: string,
    known: Readonly<Record<string, string>> = {},
  ): Promise<DocumentReader> {
    const programs = join(folder, '.programs');
    await mkdir(programs, { recursive: true });
    const command = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'apps/cli/dist/src/main.js')}" "$@"\n`;
    await writeFile(join(programs, 'noema'), command, { mode: 0o755 });
    const PATH = `${programs}:${process.env['PATH'] ?? ''}`;
    return new DocumentReader(folder, {
      PATH,
      HOME: process.env['HOME'] ?? folder,
      NOEMA: ROOT.replace(/\/$/, ''),
      NOEMA_DATA_DIR: dataDir,
      ...known,
    });
  }

  /**
   * Writes the file that a block is, or runs the block in a shell that ends at the first failure. Rejects
   * with what the commands printed.
   */
  async follow({ language, file, text, line }: CodeBlock): Promise<string> {
    if (file !== '') {
      await writeFile(join(this.folder, file), text);
      return '';
    }
    if (language !== 'sh')
      throw new Error(
        `line ${line}: a block of ${language || 'no language'} names no file, so a reader cannot follow it`,
      );
    try {
      const { stdout, stderr } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', text], {
        cwd: this.folder,
        env: this.environment,
        timeout: 600_000,
      });
      return stdout + stderr;
    } catch (error) {
      const { message, stdout, stderr } = error as { message: string; stdout?: string; stderr?: string };
      throw new Error(`line ${line}: ${message}\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
    }
  }

  /** True when a command of a person's machine exists. */
  async has(program: string, ...args: readonly string[]): Promise<boolean> {
    return run(program, [...args], { env: this.environment }).then(
      () => true,
      () => false,
    );
  }
}
