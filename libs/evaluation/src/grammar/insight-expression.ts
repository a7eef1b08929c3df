import { type Comparator, readComparator, readLimitNumber } from './expression.js';
import { type Token, TokenReader } from './tokens.js';

/** `insights` counts the insights themselves, `samples` the samples that belong to at least one of them. */
export type InsightMeasure = 'insights' | 'samples';

/** A condition on an insight, such as `severity >= 2`. */
export interface InsightCondition {
  readonly field: string;
  readonly comparator: Comparator | '!=';
  readonly value: string | number;
}

/** `count(insights, kind = leakage, severity >= 2) = 0`. */
export interface InsightCount {
  readonly measure: InsightMeasure;
  readonly conditions: readonly InsightCondition[];
  readonly comparator: Comparator;
  readonly limit: number;
}

/** `fixed("<id>")`: the run has no insight with about the same samples. */
export interface InsightFixed {
  readonly measure: 'fixed';
  readonly insightId: string;
}

/** The expectation of a test about the insights of a run. */
export type InsightExpectation = InsightCount | InsightFixed;

/** Words that a field may have; undefined for any text. */
const TEXTS: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  ['kind', undefined],
  ['subkind', undefined],
  ['state', ['confirmed', 'audited', 'approved', 'dismissed', 'fixed']],
  ['change', ['born', 'grew', 'shrank', 'stayed']],
]);
const NUMBERS = ['severity', 'share', 'member_count', 'q_value'];
const FIELDS = [...TEXTS.keys(), ...NUMBERS].join(', ');
const START = /^\s*(?:fixed\s*\(|(?:count|samples)\s*\(\s*insights\b)/;

/** Whether an expectation is about insights, so that `parseInsightExpectation` reads it. */
export const isInsightExpectation = (text: string): boolean => START.test(text);

/** Parses the expectation of a test about insights. Throws `invalid` EXPRESSION_INVALID. */
export function parseInsightExpectation(text: string): InsightExpectation {
  const reader = new TokenReader(text);
  const name = reader.expect('count, samples or fixed', 'name', 'count', 'samples', 'fixed').text;
  reader.expect('"("', 'sign', '(');
  if (name === 'fixed') {
    const insightId = reader.expect('the id of an insight in quotes', 'name').text;
    reader.expect('")"', 'sign', ')');
    reader.end();
    return { measure: 'fixed', insightId };
  }
  reader.expect('insights', 'name', 'insights');
  const conditions: InsightCondition[] = [];
  while (reader.accept('sign', ',') !== undefined) conditions.push(readCondition(reader));
  reader.expect('")" or a comma and a condition, such as severity >= 2', 'sign', ')');
  const comparator = readComparator(reader);
  const limit = readLimitNumber(reader, 'a number; insights have no previous');
  reader.end();
  return { measure: name === 'count' ? 'insights' : 'samples', conditions, comparator, limit };
}

function readCondition(reader: TokenReader): InsightCondition {
  const token = reader.expect(`one of ${FIELDS}`, 'name');
  const field = token.text;
  if (NUMBERS.includes(field)) {
    const comparator = readComparator(reader, '!=');
    return { field, comparator, value: readLimitNumber(reader, 'a number') };
  }
  if (!TEXTS.has(field)) return reader.fail(`expected one of ${FIELDS}`, token);
  const comparator = reader.expect('= or !=', 'sign', '=', '!=').text as '=' | '!=';
  const first = reader.expect(`a value of ${field}`, 'name');
  const value = readWords(reader, first);
  const known = TEXTS.get(field);
  if (known !== undefined && !known.includes(value))
    return reader.fail(`expected one of ${known.join(', ')}`, first);
  return { field, comparator, value };
}

/** Keys of kinds have hyphens, such as `to-label-next`. */
function readWords(reader: TokenReader, first: Token): string {
  let { text } = first;
  while (reader.accept('sign', '-') !== undefined) text += `-${reader.expect('a word', 'name').text}`;
  return text;
}
