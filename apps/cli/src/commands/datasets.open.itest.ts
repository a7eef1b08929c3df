import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@noema/testing';
import { expect, it } from 'vitest';
import { Terminal } from '../terminal/terminal.js';
import type { CommandContext } from './command-context.js';
import { openData } from './datasets.open.js';

it('lists words as an input and their tags as the ground truth, each once', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'all.jsonl');
  const rows = Array.from({ length: 30 }, (_, i) => ({
    tokens: ['Ada', `met ${i}`],
    pos_tags: ['N', 'V'],
    ner_tags: ['B-PER', 'O'],
  }));
  await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  let written = '';
  const out = { write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream;
  const terminal = new Terminal({ json: false, out, err: out });
  await openData({ terminal } as CommandContext, path, { dryRun: true, truth: 'ner_tags' });
  expect(written.match(/^(?:tokens|\w+_tags) .*$/gm)).toEqual([
    expect.stringMatching(/^tokens +text +input \(words\) +0 /),
    expect.stringMatching(/^pos_tags +text +not used +0 /),
    expect.stringMatching(/^ner_tags +text +ground truth \(tags\) +0 /),
  ]);
  await directory.remove();
});

it('refuses the manifest of another file of the same name', async () => {
  const directory = await temporaryDirectory();
  const path = (ending: string) => join(directory.path, `people.${ending}`);
  const rows = (separator: string) =>
    Array.from({ length: 40 }, (_, i) => [i, i * 3, i % 2 === 0 ? 'a' : 'b'].join(separator)).join('\n');
  await writeFile(path('csv'), `x,y,label\n${rows(',')}\n`);
  await writeFile(path('tsv'), `x\ty\tlabel\n${rows('\t')}\n`);
  const quiet = { write: () => true } as unknown as NodeJS.WriteStream;
  const context = { terminal: new Terminal({ json: false, out: quiet, err: quiet }) } as CommandContext;
  await openData(context, path('csv'), { yes: true });
  expect(await openData(context, path('csv'), {})).toBe(path('noema.yaml'));
  await expect(openData(context, path('tsv'), { yes: true })).rejects.toMatchObject({
    reason: 'MANIFEST_OF_OTHER_DATA',
    message:
      `${path('noema.yaml')} reads ${path('csv')}, not ${path('tsv')}; ` +
      'rename one of the files, or use --force to replace the manifest',
  });
  await openData(context, path('tsv'), { yes: true, force: true });
  expect(await openData(context, path('tsv'), {})).toBe(path('noema.yaml'));
  await directory.remove();
});
