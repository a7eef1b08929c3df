import { readFileSync } from 'node:fs';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
};

const PROGRAM = /\/dist\/([a-z]+)-(main|worker)\.js$/;

/** `activations worker` of `…/dist/activations-worker.js`, else the program's name. */
export function readProcessName(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`).split('\0');
  const [, service, file] = PROGRAM.exec(words.findLast((word) => PROGRAM.test(word)) ?? '') ?? [];
  return service === undefined ? (words[0] ?? '').split('/').at(-1)!.split(':')[0]! : `${service} ${file}`;
}
