import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasNats, hasS3, temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../src/cluster/checkout.js';
import { noema, startNoemaWith } from '../src/command-line.js';

const run = promisify(execFile);

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

/** A folder with every program of the machine but the named ones, to be the PATH. */
async function programsBut(...names: readonly string[]): Promise<string> {
  const folder = join(directory.path, 'programs');
  await mkdir(folder);
  for (const place of (process.env['PATH'] ?? '').split(':').filter((path) => existsSync(path))) {
    for (const name of await readdir(place)) {
      if (!names.includes(name) && !existsSync(join(folder, name)))
        await symlink(join(place, name), join(folder, name)).catch(() => undefined);
    }
  }
  return folder;
}

async function script(folder: string, name: string, text: string): Promise<void> {
  // Exclusively: through a link it would write into a program of the machine.
  await writeFile(join(folder, name), `#!/usr/bin/env bash\n${text}\n`, { flag: 'wx', mode: 0o755 });
}

describe.skipIf(!(hasNats() && hasS3()))('the cluster set-up', () => {
  it(
    'RELIABILITY 33: does not start without the program of the sandbox, names it, and leaves nothing ' +
      'running',
    async () => {
      const data = join(directory.path, 'data');
      const { code, stderr } = await startNoemaWith(
        { PATH: await programsBut('bwrap') },
        data,
        'up',
        '--cluster',
        '--port',
        '0',
      ).result;
      await noema(data, 'down');
      expect(stderr).toMatch(/SANDBOX_UNAVAILABLE/);
      expect(stderr).toMatch(/bwrap.*make servers.*--trust-integrations/s);
      expect(code).not.toBe(0);
      expect(existsSync(join(data, 'postgres'))).toBe(false);
    },
  );
});

describe('make servers', () => {
  /**
   * The scripts in a checkout of their own where NATS and SeaweedFS are fetched already, and a package
   * manager with a scripted answer.
   */
  async function servers(aptGet: string): Promise<{ readonly code: number; readonly output: string }> {
    const programs = await programsBut('bwrap', 'apt-get', 'id');
    await script(programs, 'apt-get', aptGet);
    await script(programs, 'id', 'echo 0');
    const [tools, fetched] = [join(directory.path, 'tools'), join(directory.path, '.tools')];
    await Promise.all([mkdir(tools), mkdir(fetched)]);
    for (const name of ['servers.sh', 'apt.sh']) await copyFile(join(ROOT, 'tools', name), join(tools, name));
    const projects = [
      ...(await readFile(join(tools, 'servers.sh'), 'utf8')).matchAll(/^fetch (\S+) (\S+)/gm),
    ];
    for (const [, program, project] of projects) {
      await script(fetched, program!, 'exit 0');
      await writeFile(join(fetched, `${program}.version`), project!);
    }
    await script(fetched, 'nats-server-2.9', 'exit 0');
    const env = { PATH: programs, TMPDIR: directory.path, HERE: directory.path, PROGRAMS: programs };
    const result = await run('bash', [join(tools, 'servers.sh')], { env }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        output: error.stdout + error.stderr,
      }),
    );
    return result;
  }

  it('RELIABILITY 33: fails and names bubblewrap when it cannot be installed', async () => {
    const { code, output } = await servers('echo "E: Unable to locate package bubblewrap"; exit 100');
    expect(output).toMatch(/Unable to locate package bubblewrap/);
    expect(output).toMatch(/missing: bubblewrap/);
    expect(code).toBe(1);
  });

  it('RELIABILITY 33: waits for another package manager instead of going on without bubblewrap', async () => {
    const { code, output } = await servers(`
      echo tried >> "$HERE/tries"
      if [ "$(wc -l < "$HERE/tries")" -lt 3 ]; then
        echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1 (apt-get)'; exit 100
      fi
      printf '#!/bin/sh\\necho bubblewrap 0.0\\n' > "$PROGRAMS/bwrap"; chmod 755 "$PROGRAMS/bwrap"`);
    expect(output).toMatch(/another package manager is at work/);
    expect(output).toMatch(/bubblewrap 0\.0/);
    expect(code).toBe(0);
  });
});
