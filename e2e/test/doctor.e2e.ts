import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noema } from '../src/command-line.js';
import { RunningPlatform } from '../src/running-platform.js';

interface Report {
  readonly healthy: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly state: string;
    readonly found: string;
    readonly advice: string;
  }[];
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(async () => {
  await noema(directory.path, 'down');
  await directory.remove();
});

async function doctor(flags: readonly string[] = ['--quick']): Promise<{
  code: number | null;
  of: (check: string) => Report['findings'][number] | undefined;
  report: Report;
}> {
  const { code, stdout } = await noema(directory.path, '--json', 'doctor', ...flags);
  const report = JSON.parse(stdout) as Report;
  return { code, report, of: (check) => report.findings.find((f) => f.check === check) };
}

describe('noema doctor', () => {
  it('finds a platform well, and names a frozen PostgreSQL, a wrong key and a port that is taken', async () => {
    const platform = await RunningPlatform.up(directory.path);
    const well = await waitFor(
      async () => {
        const seen = await doctor();
        return seen.report.healthy ? seen : undefined;
      },
      { timeoutMs: 120_000, what: 'a healthy platform' },
    );
    expect(well.code).toBe(0);
    expect(well.of('sign-in')?.state).toBe('ok');
    expect(well.of('schemas')?.found).toBe('9 schemas are up to date');

    const { pid } = platform.state().postgres;
    // Stopped first, so that no further process comes; one that ends meanwhile stays, since its parent does not run.
    process.kill(pid, 'SIGSTOP');
    const { stdout: backends } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
    const all = [
      pid,
      ...backends
        .split('\n')
        .filter((line) => line !== '')
        .map(Number),
    ];
    for (const one of all) process.kill(one, 'SIGSTOP');
    const frozen = await doctor().finally(() => {
      for (const one of all) process.kill(one, 'SIGCONT');
    });
    expect(frozen.code).toBe(1);
    expect(frozen.of('postgres')).toMatchObject({
      state: 'fail',
      advice: expect.stringContaining('see whether PostgreSQL runs') as string,
    });

    await platform.down();
    const secrets = JSON.parse(readFileSync(join(directory.path, 'secrets.json'), 'utf8')) as {
      signingKey: { privateKey: string; jwks: string };
    };
    const other = {
      ...(JSON.parse(secrets.signingKey.privateKey) as { d: string; x: string }),
      d: Buffer.alloc(32, 1).toString('base64url'),
    };
    writeFileSync(
      join(directory.path, 'secrets.json'),
      JSON.stringify({
        ...secrets,
        signingKey: { ...secrets.signingKey, privateKey: JSON.stringify(other) },
      }),
    );
    const port = Number(new URL(platform.rest.url).port);
    const taker = createServer();
    await new Promise<void>((resolve) => {
      taker.listen(port, '127.0.0.1', resolve);
    });
    const wrong = await doctor();
    taker.close();
    expect(wrong.code).toBe(1);
    expect(wrong.of('signing keys')?.state).toBe('fail');
    expect(wrong.of('port')).toMatchObject({
      state: 'fail',
      found: `port ${port} of 127.0.0.1 is in use by another program`,
    });
    expect(wrong.of('postgres starts')).toMatchObject({ state: 'ok' });
    expect(JSON.stringify(wrong.report)).not.toContain(other.d);
  }, 600_000);
  it('names a disk that is full', async () => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory.path]);
    if (mounted.status !== 0) {
      console.log('skipped, the doctor and a full disk: a tmpfs cannot be mounted here; run as root');
      return;
    }
    try {
      writeFileSync(join(directory.path, 'fill'), Buffer.alloc(2 * 1024 * 1024 - 16_384));
      expect(await doctor()).toMatchObject({ code: 1 });
      expect((await doctor()).of('disk')).toMatchObject({ state: 'fail', found: '0 MiB free of 2 MiB' });
    } finally {
      spawnSync('umount', [directory.path]);
    }
  });
  it('says of an empty directory how to begin, and is no failure', async () => {
    for (const flags of [[], ['--quick']]) {
      const { code, of, report } = await doctor(flags);
      expect(of('platform')).toMatchObject({ state: 'skipped', found: 'nothing has run here' });
      // Another program of the machine may hold the default port.
      const faults = report.findings.filter(({ state }) => state === 'fail').map(({ check }) => check);
      expect([[], ['port']]).toContainEqual(faults);
      expect(code).toBe(faults.length);
    }
  });
});
