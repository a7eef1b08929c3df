import type { Comparator, FilterLiteral, FilterNode } from './filter.ast.js';
import { filterInvalid, tooManyConditions, type FilterToken, lexFilter } from './filter.lexer.js';

const FIELD = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*$/;
const MAX_DEPTH = 64;
/** Maximum number of conditions of one filter. For more, use a list of rows or a slice. */
const MAX_CONDITIONS = 100;

/**
 * Parses a filter of AIP-160: comparisons `field op value` joined by `AND`, `OR`, `NOT` (or `-`) and
 * parentheses. Adjacent terms are joined by `AND`. As in AIP-160, `OR` binds tighter than `AND`: `a = 1 AND b
 * = 2 OR c = 3` means `a = 1 AND (b = 2 OR c = 3)`. Returns `undefined` for empty text, which matches
 * everything. Throws `invalid` FILTER_INVALID with the position, or FILTER_TOO_MANY_CONDITIONS.
 */
export function parseFilter(filter: string): FilterNode | undefined {
  return new FilterParser(filter, lexFilter(filter)).parse();
}

class FilterParser {
  private at = 0;
  private depth = 0;
  private conditions = 0;

  constructor(
    private readonly filter: string,
    private readonly tokens: readonly FilterToken[],
  ) {}

  parse(): FilterNode | undefined {
    if (this.peek().kind === 'end') return undefined;
    const node = this.expression();
    if (this.peek().kind !== 'end')
      throw this.fail(this.peek(), `"${this.peek().text}" was not expected; join conditions with AND or OR`);
    return node;
  }

  private peek(): FilterToken {
    return this.tokens[this.at]!;
  }

  private next(): FilterToken {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private isWord(word: string): boolean {
    return this.peek().kind === 'word' && this.peek().text === word;
  }

  private fail(token: FilterToken, why: string) {
    return filterInvalid(this.filter, token.at, why);
  }

  private expression(): FilterNode {
    const operands = [this.factor()];
    for (;;) {
      if (this.isWord('AND')) this.next();
      else if (this.peek().kind === 'end' || this.peek().kind === 'close') break;
      operands.push(this.factor());
    }
    return operands.length === 1 ? operands[0]! : { kind: 'and', operands };
  }

  private factor(): FilterNode {
    const operands = [this.term()];
    while (this.isWord('OR')) {
      this.next();
      operands.push(this.term());
    }
    return operands.length === 1 ? operands[0]! : { kind: 'or', operands };
  }

  private term(): FilterNode {
    if (++this.depth > MAX_DEPTH)
      throw this.fail(this.peek(), `more than ${MAX_DEPTH} levels of brackets and NOT`);
    try {
      if (this.isWord('NOT') || this.peek().kind === 'minus') {
        this.next();
        return { kind: 'not', operand: this.term() };
      }
      return this.peek().kind === 'open' ? this.brackets() : this.comparison();
    } finally {
      this.depth--;
    }
  }

  private brackets(): FilterNode {
    const open = this.next();
    const node = this.expression();
    if (this.next().kind !== 'close') throw this.fail(open, 'this bracket is never closed');
    return node;
  }

  private comparison(): FilterNode {
    if (++this.conditions > MAX_CONDITIONS)
      throw tooManyConditions(this.tokens.filter(({ kind }) => kind === 'comparator').length, MAX_CONDITIONS);
    const field = this.next();
    // A name in quotes may have spaces and signs.
    const isName = field.kind === 'word' ? FIELD.test(field.text) : this.isQuotedName(field);
    if (!isName) {
      throw this.fail(
        field,
        field.kind === 'end'
          ? 'a condition such as metadata.label = 7 is missing'
          : `"${field.text}" is no field name; write a condition such as metadata.label = 7`,
      );
    }
    const comparator = this.next();
    if (comparator.kind !== 'comparator')
      throw this.fail(
        comparator,
        `after "${field.text}" one of =, !=, <, <=, >, >=, : is expected` +
          (comparator.kind === 'word' ? '; a name with spaces is written in quotes' : ''),
      );
    return {
      kind: 'compare',
      field: field.text,
      at: field.at,
      comparator: comparator.text as Comparator,
      value: this.value(comparator),
    };
  }

  private isQuotedName({ kind, text }: FilterToken): boolean {
    return kind === 'string' && text !== '' && this.peek().kind === 'comparator';
  }

  private value(comparator: FilterToken): FilterLiteral {
    const value = this.next();
    if (value.kind !== 'word' && value.kind !== 'string')
      throw this.fail(value, `after "${comparator.text}" a value is expected`);
    return { text: value.text, quoted: value.kind === 'string', at: value.at };
  }
}
