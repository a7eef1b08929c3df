import type { Terminal } from './terminal.js';

const BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const WIDTH = 24;

/**
 * A bar of a step: drawn in place for a person who watches, else one line whenever another quarter is done,
 * or none when `lines` is false.
 */
export class Progress {
  private quarter = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly title: string,
    private readonly lines = true,
  ) {}

  /** `done` of `total` of the unit; a total of 0 is not known. */
  update(done: number, total: number, text = ''): void {
    const share = total > 0 ? Math.min(done / total, 1) : 0;
    if (this.terminal.live) {
      this.terminal.redraw(
        `  ${this.title} ${bar(share)} ${String(Math.floor(share * 100)).padStart(3)} %  ${text}`.slice(
          0,
          this.terminal.width - 1,
        ),
      );
      return;
    }
    const quarter = Math.floor(share * 4);
    if (!this.lines || quarter <= this.quarter) return;
    this.quarter = quarter;
    this.terminal.note(`  ${this.title}: ${Math.floor(share * 100)} % ${text}`.trimEnd());
  }

  /** Wipes the bar, so that the result takes its line. */
  end(): void {
    this.terminal.redraw('');
  }
}

/** A bar of 24 characters in steps of an eighth of one. */
export function bar(share: number): string {
  const eighths = Math.round(share * WIDTH * 8);
  const full = '█'.repeat(Math.floor(eighths / 8));
  return `${full}${BLOCKS[eighths % 8]!}`.padEnd(WIDTH, '░');
}
