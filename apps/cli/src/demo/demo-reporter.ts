import type { Terminal } from '../terminal/terminal.js';

/** Reports the walk step by step, in words that a newcomer follows. */
export class DemoReporter {
  private step = 0;

  constructor(readonly terminal: Terminal) {}

  /** A new step and what it is about. */
  chapter(title: string, about: string): void {
    const { color } = this.terminal;
    this.terminal.line();
    this.terminal.line(`${color.cyan(String(++this.step).padStart(2))} ${color.bold(title)}`);
    this.terminal.line(color.dim(`   ${about}`));
  }

  say(text: string): void {
    this.terminal.line(`   ${text}`);
  }

  table(lines: readonly string[]): void {
    for (const line of lines) this.terminal.line(`   ${line}`);
  }
}
