import pc from 'picocolors';
import { asDomainError, plainText } from '@noema/kernel';

type Colors = ReturnType<typeof pc.createColors>;

export interface TerminalOptions {
  /** Machine-readable output: one JSON document on standard output, nothing else. */
  readonly json: boolean;
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** The colors of the commands themselves (SGR); an input that has some can only color its own text. */
const COLORS = /(\u001b\[[0-9;]*m)/u;

/** Removes whatever a terminal would interpret, but colors: names, ids and messages come from other people's data. */
const safeText = (text: string): string =>
  text
    .split(COLORS)
    .map((part, at) => (at % 2 === 1 ? part : plainText(part)))
    .join('');

/** Where a command speaks: results to standard output, progress and errors to standard error. */
export class Terminal {
  readonly json: boolean;
  /** True when a person watches: then progress is drawn in place. */
  readonly live: boolean;
  readonly color: Colors;
  private readonly out: NodeJS.WriteStream;
  private readonly err: NodeJS.WriteStream;

  constructor({ json, out, err }: TerminalOptions) {
    this.json = json;
    this.live = err.isTTY && !json;
    this.color = pc.createColors(out.isTTY && pc.isColorSupported && !json);
    this.out = out;
    this.err = err;
  }

  get width(): number {
    return this.out.columns ?? 100;
  }

  /** A line of the result for people; silent with --json. */
  line(text = ''): void {
    if (!this.json) this.out.write(`${safeText(text)}\n`);
  }

  /** The result for programs; silent without --json. */
  document(value: unknown): void {
    if (this.json)
      this.out.write(
        `${JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? v.toString() : v), 2)}\n`,
      );
  }

  /** Writes bytes unchanged. */
  raw(text: string): void {
    this.out.write(text);
  }

  /** Draws over the current line of a live terminal. */
  redraw(text: string): void {
    if (this.live) this.err.write(`\r\x1b[2K${safeText(text)}`);
  }

  /** A note in addition to the result. */
  note(text: string): void {
    if (!this.json) this.err.write(`${safeText(text)}\n`);
  }

  /** A fault: what was wrong, with which value, what to do; as problem+json's fields with --json. */
  error(thrown: unknown): void {
    const { kind, reason, message, metadata, violations } = asDomainError(thrown);
    if (this.json) {
      this.err.write(`${JSON.stringify({ kind, reason, message, metadata, violations })}\n`);
      return;
    }
    this.err.write(
      `${this.color.red('error')} ${plainText(message)} ${this.color.dim(`(${plainText(reason)})`)}\n`,
    );
    for (const { field, description } of violations)
      this.err.write(`  ${this.color.yellow(plainText(field))} ${plainText(description)}\n`);
  }
}
