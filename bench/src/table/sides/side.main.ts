import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DataFolder } from '../data/data.folder.js';
import { sides } from './registry.js';

/**
 * Our side of a row in a process of its own: `side.main.js DATA KEY ARGS…`; its protocol is described at
 * `SideProcess`.
 */
const [folder, key, ...args] = process.argv.slice(2);
const answer = (line: string): void => {
  writeSync(3, `${line}\n`);
};

const side = await sides.get(key!).prepare(new DataFolder(folder!), args);
answer(`ready ${JSON.stringify({ node: process.versions.node })}`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'begin') {
    await side.begin?.();
    answer('started');
  } else if (line === 'go') {
    await side.work();
    answer('done');
  } else {
    answer(`saved ${JSON.stringify(await side.save(line.slice('save '.length)))}`);
  }
}
await side.close?.();
