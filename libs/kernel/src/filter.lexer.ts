import { DomainError } from './domain-error.js';

export interface FilterToken {
  readonly kind: 'word' | 'string' | 'comparator' | 'open' | 'close' | 'minus' | 'end';
  readonly text: string;
  readonly at: number;
}

/** Error for a filter that cannot be parsed. It underlines the position in the filter. */
export function filterInvalid(filter: string, at: number, why: string): DomainError {
  const message = `filter, character ${at + 1}: ${why}\n  ${filter.replaceAll(/\s/g, ' ')}\n  ${' '.repeat(at)}^`;
  return new DomainError('invalid', 'FILTER_INVALID', message, {
    metadata: { position: String(at + 1) },
    violations: [{ field: 'filter', description: `character ${at + 1}: ${why}` }],
  });
}

/** Error for a filter with more conditions than one request may have. */
export function tooManyConditions(conditions: number, max: number): DomainError {
  const message =
    `the filter has ${conditions} conditions; at most ${max} are evaluated: name rows by the field "rows" ` +
    'of the request, or save them as a slice';
  const metadata = { conditions: String(conditions), max: String(max) };
  return new DomainError('invalid', 'FILTER_TOO_MANY_CONDITIONS', message, {
    metadata,
    violations: [{ field: 'filter', description: `has more than ${max} conditions` }],
  });
}

const SPACE = /\s*/y;
const COMPARATOR = /<=|>=|!=|[=<>:]/y;
const WORD = /[^\s()"'=<>!:]+/y;
const MAX_LENGTH = 8_192;

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** Splits a filter into tokens; the last one is `end`. Throws `invalid` FILTER_INVALID. */
export function lexFilter(filter: string): FilterToken[] {
  if (filter.length > MAX_LENGTH)
    throw new DomainError(
      'invalid',
      'FILTER_INVALID',
      `the filter has ${filter.length} characters; at most ${MAX_LENGTH} are read`,
      { violations: [{ field: 'filter', description: `has more than ${MAX_LENGTH} characters` }] },
    );
  const tokens: FilterToken[] = [];
  let at = match(SPACE, filter, 0).length;
  while (at < filter.length) {
    const token = nextToken(filter, at);
    tokens.push(token.token);
    at = token.next + match(SPACE, filter, token.next).length;
  }
  return [...tokens, { kind: 'end', text: '', at: filter.length }];
}

function nextToken(filter: string, at: number): { token: FilterToken; next: number } {
  const one = filter[at]!;
  const made = (kind: FilterToken['kind'], text: string, next = at + text.length) => ({
    token: { kind, text, at },
    next,
  });
  if (one === '(') return made('open', one);
  if (one === ')') return made('close', one);
  if (one === '"' || one === "'") return quotedToken(filter, at, one);
  const comparator = match(COMPARATOR, filter, at);
  if (comparator !== '') return made('comparator', comparator);
  if (one === '-' && !/[\d.]/.test(filter[at + 1] ?? '')) return made('minus', one);
  const word = match(WORD, filter, at);
  if (word === '')
    throw filterInvalid(
      filter,
      at,
      `"${one}" means nothing here; the comparators are =, !=, <, <=, >, >= and :`,
    );
  return made('word', word);
}

function quotedToken(filter: string, at: number, quote: string): { token: FilterToken; next: number } {
  let text = '';
  for (let i = at + 1; i < filter.length; i++) {
    if (filter[i] === quote) return { token: { kind: 'string', text, at }, next: i + 1 };
    if (filter[i] === '\\' && i + 1 < filter.length) i++;
    text += filter[i]!;
  }
  throw filterInvalid(filter, at, `the text that starts here has no closing ${quote}`);
}
