import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../../../docs/operations.md', import.meta.url));
/** Addresses that stand for servers of the reader's own. */
const ELSEWHERE = /\.example\.org/;

/**
 * The shell commands of a section of docs/operations.md, one for each line of its code blocks, to the letter, with
 * lines that end in a backslash joined to the next; lines about servers of the reader's own are left out.
 */
export async function documentCommands(heading: string): Promise<string[]> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [, section] = text.split(`\n${heading}\n`);
  if (section === undefined) throw new Error(`docs/operations.md has no section "${heading}"`);
  const [own = ''] = section.split(/\n#{2,3} /);
  return [...own.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)]
    .flatMap(([, block]) => block!.replace(/\\\n */g, '').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !ELSEWHERE.test(line));
}
