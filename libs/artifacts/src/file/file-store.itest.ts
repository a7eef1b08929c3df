import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileUnderTest } from '../../test/file-under-test.js';
import { artifactStoreContract, collect } from '../artifact-store.contract.js';
import { FileArtifactStore } from './file-store.js';

artifactStoreContract('file', fileUnderTest);

describe('file store', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'noema-store-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));
  const key = (part: string) => `team/project/tensors/v1/${part}`;

  it(
    'RELIABILITY 10: a writer killed in mid-upload leaves nothing visible; its leftover is swept after ' +
      'the grace age only',
    async () => {
      const script = `
      const { FileArtifactStore } = await import(${JSON.stringify(new URL('./file-store.js', import.meta.url).href)});
      const source = async function* () {
        yield new Uint8Array(1 << 20);
        yield new Uint8Array(1 << 20);
        console.log('half');
        await new Promise((r) => setInterval(r, 1e6));
      };
      await new FileArtifactStore(${JSON.stringify(root)}).put(${JSON.stringify(key('cut'))}, source(), 'x/y');`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const store = new FileArtifactStore(root);
      expect(await collect(store.list(''))).toEqual([]);
      expect(await readdir(join(root, '.temporary'))).toHaveLength(1);
      expect(await store.sweepAbandoned(60_000)).toBe(0);
      expect(await store.sweepAbandoned(0)).toBe(1);
      const ref = await store.put(key('cut'), new Uint8Array(8), 'x/y');
      expect((await store.get(ref)).length).toBe(8);
    },
  );

  it('keeps damaged bytes in quarantine for whoever looks into it', async () => {
    const store = new FileArtifactStore(root);
    const ref = await store.put(key('a'), new Uint8Array(4), 'x/y');
    await writeFile(join(root, ref.uri), 'evil');
    await expect(store.get(ref)).rejects.toThrow(/quarantine/);
    const [kept] = await readdir(join(root, '.quarantine/team/project/tensors/v1'));
    expect(await readFile(join(root, '.quarantine/team/project/tensors/v1', kept!), 'utf8')).toBe('evil');
  });

  it('does not follow a link out of the store', async () => {
    const store = new FileArtifactStore(root);
    const outside = join(root, 'secret');
    await writeFile(outside, 'top');
    await mkdir(join(root, 'team/project/tensors/v1'), { recursive: true });
    await symlink(outside, join(root, key('link')));
    await expect(
      store.get({ uri: key('link'), sha256: '0'.repeat(64), sizeBytes: 3, mediaType: 'x/y' }),
    ).rejects.toMatchObject({ reason: 'STORE_FAILED' });
  });

  it('RELIABILITY 18: a device without space answers exhausted STORE_FULL and no partial artifact stays', async () => {
    const full = new FileArtifactStore(root, { openTemporary: () => open('/dev/full', 'w') });
    await expect(full.put(key('a'), new Uint8Array(1 << 20), 'x/y')).rejects.toMatchObject({
      kind: 'exhausted',
      reason: 'STORE_FULL',
    });
    expect(await collect(full.list(''))).toEqual([]);
  });

  it(
    'RELIABILITY 18: a real file system that fills up half-way: exhausted, no partial artifact, and the ' +
      'retry works once there is space',
    async ({ skip }) => {
      if (process.getuid?.() !== 0) skip('mounting a small tmpfs needs root');
      const small = join(root, 'small');
      await mkdir(small);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'pipe' });
      } catch (error) {
        skip(`no tmpfs can be mounted here: ${String(error)}`);
      }
      try {
        const store = new FileArtifactStore(small);
        const kept = await store.put(key('kept'), new Uint8Array(400_000), 'x/y');
        await expect(store.put(key('big'), new Uint8Array(800_000), 'x/y')).rejects.toMatchObject({
          kind: 'exhausted',
          reason: 'STORE_FULL',
        });
        expect(await collect(store.list(''))).toHaveLength(1);
        expect(await readdir(join(small, '.temporary'))).toEqual([]);
        await store.delete(kept.uri);
        expect((await store.put(key('big'), new Uint8Array(800_000), 'x/y')).sizeBytes).toBe(800_000);
      } finally {
        execFileSync('umount', [small]);
      }
    },
  );

  it('keeps its root free of empty directories', async () => {
    const store = new FileArtifactStore(root);
    const ref = await store.put(key('a'), new Uint8Array(1), 'x/y');
    await store.delete(ref.uri);
    expect(existsSync(join(root, 'team'))).toBe(false);
  });
});
