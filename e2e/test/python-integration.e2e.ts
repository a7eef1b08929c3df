import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNoemaWith } from '../src/command-line.js';
import { codeBlocks } from '../src/documents/code-blocks.js';
import { PACKAGE_PROGRAMS } from '../src/python-programs.js';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const python =
  process.env['NOEMA_PYTHON'] ?? (PACKAGE_PROGRAMS.isInstalled ? PACKAGE_PROGRAMS.python : 'python3');
const EXAMPLE = root('examples/python/integration.py');

function hasNumpy(): boolean {
  try {
    execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const isThere = hasNumpy();
if (!isThere) console.warn(`skipped: integrations in Python: ${python} has no numpy; run "make python"`);

async function run<T>(dataDir: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await startNoemaWith({ NOEMA_PYTHON: python }, dataDir, '--json', ...args)
    .result;
  if (code !== 0) throw new Error(`noema ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

describe.skipIf(!isThere)('an integration in Python', () => {
  let platform: Awaited<ReturnType<typeof temporaryDirectory>>;
  let parcels: string;

  beforeAll(async () => {
    platform = await temporaryDirectory();
    const blocks = codeBlocks(await readFile(root('docs/your-own-data.md'), 'utf8'));
    parcels = join(platform.path, 'parcels.py');
    await writeFile(parcels, blocks.find(({ file }) => file === 'parcels.py')!.text);
    await run(platform.path, 'up', '--port', '0');
  }, 120_000);
  afterAll(async () => {
    await startNoemaWith({}, platform.path, 'down').result;
    await platform.remove();
  }, 120_000);

  it('is checked as one in JavaScript is, without a platform', async () => {
    const report = await run<{ passed: boolean; splitCounts: object; classNames: string[] }>(
      platform.path,
      'integration',
      'check',
      EXAMPLE,
    );
    expect(report).toMatchObject({ passed: true, splitCounts: { training: 8000, validation: 2000 } });
    expect(report.classNames).toHaveLength(10);
  });

  it('of the documents is ingested from its path, and uploaded', async () => {
    const version = await run<{ sampleCount: number; state: string }>(
      platform.path,
      'datasets',
      'create',
      parcels,
      '--name',
      'parcels',
    );
    expect(version.sampleCount).toBe(200);
    const { id } = await run<{ id: string }>(platform.path, 'integration', 'upload', parcels);
    const uploaded = await run<{ id: string; sampleCount: number }>(platform.path, 'datasets', 'create', id);
    expect(uploaded.sampleCount).toBe(200);
  });
});
