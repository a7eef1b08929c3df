import { tokenizerInvalid } from './tokenizer-fault.js';

/** Characters of words, as the regular expressions of tokenizers define them. */
export const WORD_CLASS = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}`;
const SETS: Readonly<Record<string, string>> = {
  s: String.raw`\p{White_Space}`,
  S: String.raw`\P{White_Space}`,
  d: String.raw`\p{Nd}`,
  D: String.raw`\P{Nd}`,
};
/** Letters outside of ASCII that equal one of ASCII where case does not count. */
const FOLDED: Readonly<Record<string, string>> = { s: 'ſ', k: '\u212A' };
const GROUP = /^\((?:\?(?:i?:|<?[=!]))?/;
const COUNT = /^(?:[*+?]|\{\d+(?:,\d*)?\})/;

/**
 * The pattern of a `tokenizer.json`, a `String` or an expression of Oniguruma, with the flags `gu`. Throws `invalid`
 * TOKENIZER_INVALID for an expression with a part that JavaScript reads differently.
 */
export function readPattern(pattern: unknown): RegExp {
  const { String: plain, Regex: expression } = (pattern ?? {}) as Record<string, unknown>;
  if (typeof plain === 'string' && plain !== '')
    return new RegExp(plain.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'gu');
  if (typeof expression !== 'string' || expression === '')
    throw tokenizerInvalid(`has a pattern that is not a text or an expression: ${JSON.stringify(pattern)}`);
  try {
    return new RegExp(new Translation(expression).run(), 'gu');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw patternInvalid(expression, error.message);
  }
}

const patternInvalid = (expression: string, why: string): Error =>
  tokenizerInvalid(`has the expression ${JSON.stringify(expression)}, which cannot be read here: ${why}`);

class Translation {
  private at = 0;
  /** Whether case counts, for each open group. */
  private readonly ignoresCase: boolean[] = [];
  private translated = '';

  constructor(private readonly source: string) {}

  run(): string {
    while (this.at < this.source.length) this.step();
    return this.translated;
  }

  private step(): void {
    const char = this.source[this.at]!;
    if (char === '(') return this.group();
    if (char === ')') this.ignoresCase.pop();
    if (char === '[') return this.set();
    if (char === '\\') return this.emit(this.escape(false));
    if (char === '^' || char === '$') throw this.fault(`the anchor ${char}`);
    const count = COUNT.exec(this.source.slice(this.at))?.[0];
    if (count !== undefined) return this.repeat(count);
    this.emit(char === '.' ? String.raw`[^\n]` : this.letter(this.take(1)), char === '.' ? 1 : 0);
  }

  private group(): void {
    const [open] = GROUP.exec(this.source.slice(this.at))!;
    if (open === '(' && this.source[this.at + 1] === '?')
      throw this.fault(`the group ${this.source.slice(this.at, this.at + 4)}`);
    this.ignoresCase.push(this.isCaseless || open === '(?i:');
    this.emit(open === '(?i:' ? '(?:' : open, open.length);
  }

  private repeat(count: string): void {
    const next = this.source[this.at + count.length];
    if (next === '+') throw this.fault(`the possessive repetition ${count}+`);
    this.emit(count, count.length);
    if (next === '?') this.emit('?', 1);
  }

  private set(): void {
    this.emit('[', 1);
    if (this.source[this.at] === '^') this.emit('^', 1);
    while (this.source[this.at] !== ']') {
      const char = this.source[this.at];
      if (char === undefined) throw this.fault('a set without an end');
      if (char === '[' || this.source.startsWith('&&', this.at)) throw this.fault('a set within a set');
      if (char === '\\') this.emit(this.escape(true));
      else if (this.isCaseless && /[a-z]-/i.test(this.source.slice(this.at, this.at + 2)))
        throw this.fault('a range of letters where case does not count');
      else this.emit(this.isCaseless ? this.cases(this.take(1)) : this.take(1));
    }
    this.emit(']', 1);
  }

  private escape(isInSet: boolean): string {
    const [property, sign, name] = /^\\([pP])\{(\w+)\}/.exec(this.source.slice(this.at)) ?? [];
    if (property !== undefined) {
      this.take(property.length);
      return `\\${sign}{${isProperty(name!) ? '' : 'Script='}${name}}`;
    }
    const code = /^\\(?:x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|[rntfv])/.exec(this.source.slice(this.at));
    if (code !== null) return this.take(code[0].length);
    const kind = this.take(2).slice(1);
    if (SETS[kind] !== undefined) return SETS[kind];
    if (kind === 'w') return isInSet ? WORD_CLASS : `[${WORD_CLASS}]`;
    if (kind === 'W' && !isInSet) return `[^${WORD_CLASS}]`;
    if (/[\da-z]/i.test(kind) || kind === '') throw this.fault(`\\${kind}`);
    return /[\\^$.*+?()[\]{}|/-]/.test(kind) && (isInSet || kind !== '-') ? `\\${kind}` : kind;
  }

  private letter(char: string): string {
    return this.isCaseless && /[a-z]/i.test(char) ? `[${this.cases(char)}]` : char;
  }

  private cases(char: string): string {
    const lower = char.toLowerCase();
    return /[a-z]/.test(lower) ? `${lower}${lower.toUpperCase()}${FOLDED[lower] ?? ''}` : char;
  }

  private get isCaseless(): boolean {
    return this.ignoresCase.at(-1) ?? false;
  }

  private take(count: number): string {
    this.at += count;
    return this.source.slice(this.at - count, this.at);
  }

  private emit(text: string, consumed = 0): void {
    this.translated += text;
    this.at += consumed;
  }

  private fault(part: string): Error {
    return patternInvalid(this.source, `${part} at character ${this.at + 1} has no equivalent`);
  }
}

function isProperty(name: string): boolean {
  try {
    return new RegExp(String.raw`\p{${name}}`, 'u').unicode;
  } catch {
    return false;
  }
}
