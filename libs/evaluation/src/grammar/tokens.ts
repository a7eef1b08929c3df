import { unescapeText } from '@noema/kernel/filter-language';
import { expressionInvalid } from './grammar.errors.js';

export interface Token {
  readonly kind: 'name' | 'number' | 'sign' | 'end';
  readonly text: string;
  /** Position in the text, from 0. */
  readonly at: number;
}

/** Longest text of one expression. */
const MAX_LENGTH = 500;
/** A name with other characters is written in quotes, with a backslash before quotes and backslashes. */
const KINDS = [
  /(?<name>[A-Za-z_][A-Za-z0-9_.]*)/,
  /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/,
  /"(?<quoted>(?:[^"\\]|\\.)+)"/,
  /(?<sign><=|>=|!=|[()@*/+\-<>=,])/,
];
const TOKEN = new RegExp(String.raw`\s*(?:${KINDS.map(({ source }) => source).join('|')})`, 'y');

/** Splits a text into tokens. Throws `invalid` EXPRESSION_INVALID. */
export function tokenize(text: string): Token[] {
  if (text.length > MAX_LENGTH)
    throw expressionInvalid(text, MAX_LENGTH, `it is longer than ${MAX_LENGTH} characters; shorten it`);
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      const at = from + /^\s*/.exec(text.slice(from))![0].length;
      throw expressionInvalid(text, at, `"${text[at]}" is not expected; write names with signs in quotes`);
    }
    const { name, number, quoted, sign } = match.groups!;
    const kind = sign !== undefined ? 'sign' : number !== undefined ? 'number' : 'name';
    const written = sign ?? number ?? name ?? quoted!;
    const at = match.index + match[0].length - written.length - (quoted === undefined ? 0 : 1);
    tokens.push({ kind, text: quoted === undefined ? written : unescapeText(quoted), at });
  }
  tokens.push({ kind: 'end', text: '', at: end });
  return tokens;
}

/** The tokens of one text, read from left to right. */
export class TokenReader {
  private next = 0;
  private readonly tokens: readonly Token[];

  constructor(readonly text: string) {
    this.tokens = tokenize(text);
  }

  get current(): Token {
    return this.tokens[this.next]!;
  }

  /** The token of the kind, and of the text where one is given; undefined when another one follows. */
  accept(kind: Token['kind'], ...texts: readonly string[]): Token | undefined {
    const token = this.current;
    if (token.kind !== kind || (texts.length > 0 && !texts.includes(token.text))) return undefined;
    this.next++;
    return token;
  }

  /** As `accept`. Throws `invalid` EXPRESSION_INVALID that names what is expected. */
  expect(expected: string, kind: Token['kind'], ...texts: readonly string[]): Token {
    return this.accept(kind, ...texts) ?? this.fail(`expected ${expected}`);
  }

  end(): void {
    this.expect('nothing more', 'end');
  }

  fail(why: string, at: Token = this.current): never {
    const found = at.kind === 'end' ? 'the text ends' : `there is "${at.text}"`;
    throw expressionInvalid(this.text, at.at, `${why}, but ${found}`);
  }
}
