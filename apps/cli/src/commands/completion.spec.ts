import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { completionCommand, listWords } from './completion.command.js';

const program = new Command('noema').option('--json');
program.addCommand(new Command('runs').addCommand(new Command('create').option('--watch')));

it('knows every command and option by its path', () => {
  expect(listWords(program).get('runs')).toEqual(['create', '--json', '--help']);
  expect(listWords(program).get('runs create')).toEqual(['--watch', '--json', '--help']);
});

it('completes in bash', () => {
  const written: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = (text: string) => written.push(text) > 0;
  try {
    completionCommand(program).parse(['bash'], { from: 'user' });
  } finally {
    process.stdout.write = write;
  }
  const script =
    `${written.join('')}\nCOMP_WORDS=(noema runs create --w); COMP_CWORD=3; _noema; echo ` +
    `"\${COMPREPLY[@]}"`;
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()).toBe('--watch');
});
