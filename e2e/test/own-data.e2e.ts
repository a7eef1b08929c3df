import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { codeBlocks } from '../src/documents/code-blocks.js';
import { DocumentReader } from '../src/documents/reader.js';

const document = async (name: string) => codeBlocks(await readFile(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8'));
const data = await document('your-own-data.md');
const model = await document('your-own-model.md');

let platform: Awaited<ReturnType<typeof temporaryDirectory>>;
let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
let reader: DocumentReader;

beforeAll(async () => {
  [platform, folder] = [await temporaryDirectory(), await temporaryDirectory()];
  await noemaJson(platform.path, 'up', '--port', '0');
  reader = await DocumentReader.in(folder.path, platform.path);
});
afterAll(async () => {
  await noema(platform.path, 'down');
  await Promise.all([platform.remove(), folder.remove()]);
});

describe('docs/your-own-data.md', () => {
  it.each(data)('its block of line $line can be followed', async (block) => { await reader.follow(block); }, 600_000);
  it('leaves what it promises', async () => {
    const versions = await noemaJson<{ displayName: string; sampleCount: number }[]>(platform.path, 'datasets', 'list');
    expect(versions.map((v) => [v.displayName, v.sampleCount])).toEqual(expect.arrayContaining([['pictures', 120], ['parcels', 200], ['sensors', 200], ['notes', 220]]));
  });
});

/** The package that a block of Python needs and this machine lacks. */
async function missing({ text }: { readonly text: string }): Promise<string | undefined> {
  const scripts = [...text.matchAll(/^python3 (\S+)/gm)].flatMap(([, name]) => model.filter(({ file }) => file === name));
  for (const [, module] of scripts.flatMap((script) => [...script.text.matchAll(/^import (\w+)/gm)])) {
    if (!await reader.has('python3', '-c', `import ${module}`)) return module;
  }
  return undefined;
}

describe('docs/your-own-model.md', () => {
  it.for(model)('its block of line $line can be followed', { timeout: 600_000 }, async (block, { skip }) => {
    const lacking = await missing(block);
    if (lacking !== undefined) skip(`python3 has no module ${lacking} here`);
    await reader.follow(block);
  });
});
