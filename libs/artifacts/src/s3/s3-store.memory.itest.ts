import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { hasS3, startS3, temporaryDirectory } from '@noema/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

const SIZE = 300 << 20;
/** Parts of 8 MiB: one being filled, one on its way, what the collector has not come to yet. */
const MAX_GROWTH = 120 << 20;

interface Measured {
  readonly idle: number;
  readonly written: number;
  readonly read: number;
  readonly bytes: number;
}

describe.skipIf(!hasS3())('the memory of an S3 store', () => {
  it('stays bounded while 300 MiB go in and come out', async () => {
    const [s3, directory] = [await startS3(), await temporaryDirectory()];
    onTestFinished(async () => {
      await s3.stop();
      await directory.remove();
    });
    const script = `
      const { openArtifactStore } = await import(${JSON.stringify(new URL('../open-store.js', import.meta.url).href)});
      const store = openArtifactStore('s3://noema-memory?endpoint=${s3.endpoint}', {
        accessKey: '${s3.accessKey}',
        secretKey: '${s3.secretKey}',
      });
      const peak = () => process.resourceUsage().maxRSS * 1024;
      await store.put('team/project/tensors/v1/small', new Uint8Array(1), 'x/y');
      const idle = peak(), chunk = new Uint8Array(1 << 20);
      const source = async function* () { for (let i = 0; i < ${SIZE >> 20}; i++) { chunk.fill(i); yield chunk; } };
      const ref = await store.put('team/project/tensors/v1/large', source(), 'x/y');
      const written = peak();
      let bytes = 0;
      for await (const part of store.openRead(ref)) bytes += part.length;
      console.log(JSON.stringify({ idle, written, read: peak(), bytes }));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: directory.path },
    });
    const measured = JSON.parse(await text(child.stdout)) as Measured;
    const mib = (n: number): string => `${Math.round(n / (1 << 20))} MiB`;
    console.log(
      `peak RSS: ${mib(measured.idle)} idle, ${mib(measured.written)} after writing ${mib(SIZE)}, ` +
        `${mib(measured.read)} after reading it`,
    );
    expect(measured.bytes).toBe(SIZE);
    expect(measured.read - measured.idle).toBeLessThan(MAX_GROWTH);
  }, 240_000);
});
