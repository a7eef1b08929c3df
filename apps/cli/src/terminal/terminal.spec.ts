import { expect, it } from 'vitest';
import { Terminal } from './terminal.js';

/** A terminal, and everything that it writes. */
function openTerminal() {
  let written = '';
  const stream = {
    isTTY: true,
    write: (text: string) => {
      written += text;
      return true;
    },
  } as unknown as NodeJS.WriteStream;
  return { terminal: new Terminal({ json: false, out: stream, err: stream }), written: () => written };
}

const HOSTILE = 'a\u001b]0;title\u0007\u001b[2J\rb\u202e';

it.each(['line', 'note'] as const)(
  'takes what a terminal interprets out of a %s, and keeps colours',
  (kind) => {
    const { terminal, written } = openTerminal();
    terminal[kind](`\u001b[31m${HOSTILE}\u001b[39m c`);
    expect(written()).toBe('\u001b[31mab\u001b[39m c\n');
  },
);

it('takes it out of progress that is drawn in place', () => {
  const { terminal, written } = openTerminal();
  terminal.redraw(HOSTILE);
  expect(written()).toBe('\r\u001b[2Kab');
});
