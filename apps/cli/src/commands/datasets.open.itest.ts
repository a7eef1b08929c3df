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
