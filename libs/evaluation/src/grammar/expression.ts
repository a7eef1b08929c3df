import { expressionInvalid } from './grammar.errors.js';
import { type Token, TokenReader } from './tokens.js';

export const AGGREGATES = ['count', 'mean', 'sum', 'min', 'max'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

/** A number of many samples: `count()` or, of a field, `mean(loss)`. */
export interface Aggregate {
  readonly name: AggregateName;
  /** Undefined for `count()`. */
  readonly field: string | undefined;
}

/** A field that divides samples into groups; `metadata.slant@10` into 10 bins with as many samples each. */
export interface Axis {
  readonly field: string;
  readonly bins: number | undefined;
}

export type Comparator = '<' | '<=' | '>' | '>=' | '=';

/** The limit of a test: a number, or the number of the previous version times `factor` plus `offset`. */
export interface Limit {
  readonly previous: boolean;
  /** 1 without `previous`. */
  readonly factor: number;
  /** The number itself without `previous`. */
  readonly offset: number;
}

/** The expectation of a test, such as `mean(loss) <= previous * 1.05`. */
export interface Expectation {
  readonly aggregate: Aggregate;
  readonly comparator: Comparator;
  readonly limit: Limit;
}

const MAX_BINS = 1000;

/** Parses `count()` or `mean(loss)`. Throws `invalid` EXPRESSION_INVALID. */
export function parseAggregate(text: string): Aggregate {
  const reader = new TokenReader(text);
  const aggregate = readAggregate(reader);
  reader.end();
  return aggregate;
}

/** Parses `split` or `metadata.slant@10`. Throws `invalid` EXPRESSION_INVALID. */
export function parseAxis(text: string): Axis {
  const reader = new TokenReader(text);
  const field = reader.expect('the name of a field', 'name').text;
  const bins = reader.accept('sign', '@') && readBins(reader);
  reader.end();
  return { field, bins };
}

/** Parses the expectation of a test. Throws `invalid` EXPRESSION_INVALID. */
export function parseExpectation(text: string): Expectation {
  const reader = new TokenReader(text);
  const aggregate = readAggregate(reader);
  const comparator = readComparator(reader);
  const limit = readLimit(reader);
  reader.end();
  if (comparator === '=' && aggregate.name !== 'count')
    throw expressionInvalid(
      text,
      0,
      `= goes with count() alone, because ${aggregate.name} has an interval; use <=, <, >= or >`,
    );
  return { aggregate, comparator, limit };
}

export const formatAggregate = ({ name, field }: Aggregate): string => `${name}(${field ?? ''})`;

/** Reads a comparator, or one of `more`. */
export const readComparator = <T extends string = never>(reader: TokenReader, ...more: T[]): Comparator | T =>
  reader.expect(['<, <=, >, >=', ...more].join(', ') + ' or =', 'sign', '<', '<=', '>', '>=', '=', ...more)
    .text as Comparator | T;

/** Reads a number with its sign. */
export function readLimitNumber(reader: TokenReader, expected: string): number {
  const isNegative = reader.accept('sign', '-') !== undefined;
  const value = readNumber(reader.expect(expected, 'number'));
  return isNegative ? -value : value;
}

function readAggregate(reader: TokenReader): Aggregate {
  const token = reader.expect(`one of ${AGGREGATES.join(', ')}`, 'name');
  const name = AGGREGATES.find((one) => one === token.text);
  if (name === undefined) return reader.fail(`expected one of ${AGGREGATES.join(', ')}`, token);
  reader.expect('"("', 'sign', '(');
  const field =
    name === 'count' ? undefined : reader.expect(`the field of ${name}, as in ${name}(loss)`, 'name').text;
  reader.expect(name === 'count' ? '")", because count takes no field' : '")"', 'sign', ')');
  return { name, field };
}

function readBins(reader: TokenReader): number {
  const token = reader.expect(`the number of bins, 2 to ${MAX_BINS}`, 'number');
  const bins = Number(token.text);
  if (!Number.isInteger(bins) || bins < 2 || bins > MAX_BINS)
    reader.fail(`expected a whole number of bins from 2 to ${MAX_BINS}`, token);
  return bins;
}

/** `0.9`, `-1`, `previous`, `previous * 1.05`, `previous / 2`, `previous + 0.01`, `previous - 0.01`. */
function readLimit(reader: TokenReader): Limit {
  if (reader.accept('name', 'previous') === undefined) {
    return { previous: false, factor: 1, offset: readLimitNumber(reader, 'a number or previous') };
  }
  let [factor, offset] = [1, 0];
  const times = reader.accept('sign', '*', '/');
  if (times !== undefined) {
    const token = reader.expect('a number', 'number');
    factor = times.text === '*' ? readNumber(token) : 1 / readNumber(token);
    if (!(factor > 0 && Number.isFinite(factor))) reader.fail('expected a factor above 0', token);
  }
  const plus = reader.accept('sign', '+', '-');
  if (plus !== undefined) {
    const value = readNumber(reader.expect('a number', 'number'));
    offset = plus.text === '+' ? value : -value;
  }
  return { previous: true, factor, offset };
}

const readNumber = ({ text }: Token): number => Number(text);
