import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, startNoemaWith } from '../src/command-line.js';
import { codeBlocks } from '../src/documents/code-blocks.js';
import { DocumentReader } from '../src/documents/reader.js';
import { PACKAGE_SOURCE, TORCH_PROGRAMS, warnIfMissing } from '../src/python-programs.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const blocks = codeBlocks(await readFile(join(ROOT, 'docs/python.md'), 'utf8'));
const { folder: PROGRAMS, python: NOEMA_PYTHON, isInstalled } = TORCH_PROGRAMS;
warnIfMissing(TORCH_PROGRAMS, 'the blocks of docs/python.md');

describe.skipIf(!isInstalled)('docs/python.md', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let reader: DocumentReader;
  let platform: string;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    platform = join(folder.path, '.noema');
    const { code, stderr } = await startNoemaWith({ NOEMA_PYTHON }, platform, 'up', '--port', '0').result;
    expect(code, stderr).toBe(0);
    reader = await DocumentReader.in(folder.path, platform, {
      PATH: `${join(folder.path, '.programs')}:${PROGRAMS}:${process.env['PATH'] ?? ''}`,
      // The package of this tree, in place of what `pip install` fetches.
      PYTHONPATH: PACKAGE_SOURCE,
      NOEMA_PYTHON,
      NOEMA_SPOOL: join(folder.path, 'spool'),
    });
  });
  afterAll(async () => {
    await noema(platform, 'down');
    await folder.remove();
  });

  it.for(blocks)('its block of line $line can be followed', { timeout: 600_000 }, async (block, { skip }) => {
    if (block.text.includes('pip install')) skip('`make python` has installed the package');
    await reader.follow(block);
  });

  it('leaves the labels that were made wrong', async () => {
    const table = await readFile(join(folder.path, 'relabel.csv'), 'utf8');
    const lines = table.trim().split('\n').slice(1);
    const wrong = lines.filter((line) => Number(line.split(',')[1]) % 20 === 0);
    console.log(`${wrong.length} of ${lines.length} samples of the first insight are of the 50 wrong labels`);
    expect(wrong.length).toBeGreaterThan(0.8 * lines.length);
  });
});
