import {
  formatAggregate,
  isInsightExpectation,
  parseExpectation,
  parseInsightExpectation,
} from '@noema/evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import type { EntryFields } from '../../features/document/document-text.js';

export const COMPARATORS = ['>=', '>', '<=', '<', '='] as const;

/** The fields of a test as its form has them. */
export interface TestFields {
  readonly name: string;
  /** Name of a slice of the document. */
  readonly on: string;
  readonly where: string;
  readonly aggregate: string;
  readonly comparator: string;
  /** `text` for an expectation that the other fields cannot hold; `insights` for a number of insights. */
  readonly against: 'number' | 'previous' | 'insights' | 'text';
  /** Key of the kind of the insights; empty for all kinds. */
  readonly insightKind: string;
  /** Least severity of the insights, `1` to `3`. */
  readonly severity: string;
  /** `count` of the insights, or of their `samples`. */
  readonly measure: string;
  /** The number of `number` and `insights`. */
  readonly limit: string;
  /** How much worse than the previous version is acceptable. */
  readonly margin: string;
  /** Whether the margin is in percent of the number of the previous version. */
  readonly isRelative: boolean;
  /** The expectation of `text`. */
  readonly text: string;
  readonly minN: string;
  /** `true`, `false`, or empty: where the versions have the same samples. */
  readonly paired: string;
  /** Confidence in percent; empty for the usual one. */
  readonly interval: string;
}

const EMPTY: TestFields = {
  ...{ name: '', on: '', where: '', aggregate: 'mean(loss)', comparator: '<=', against: 'number' },
  ...{
    insightKind: '',
    severity: '1',
    measure: 'count',
    limit: '',
    margin: '',
    isRelative: false,
    text: '',
    minN: '',
    paired: '',
    interval: '',
  },
};

/** Metrics that a test of a task can have, the usual one first. */
export function listMetrics(task: Task | undefined): readonly string[] {
  switch (task) {
    case Task.REGRESSION:
      return ['mean(loss)', 'mean(residual)', 'max(loss)', 'count()'];
    case Task.PER_PIXEL:
      return ['mean(iou)', 'mean(pixel_accuracy)', 'mean(loss)', 'max(loss)', 'count()'];
    case Task.DETECTION:
      return ['mean(iou)', 'mean(loss)', 'max(loss)', 'count()'];
    default:
      return ['mean(correct)', 'mean(loss)', 'max(loss)', 'count()'];
  }
}

/** Whether larger numbers of a metric are better, as far as its name says. */
const isBetterHigh = (aggregate: string): boolean => !/loss|residual/.test(aggregate);

/** An empty form for the usual metric of a task. */
export function newTest(task: Task | undefined): TestFields {
  const [aggregate = EMPTY.aggregate] = listMetrics(task);
  return { ...EMPTY, aggregate, comparator: isBetterHigh(aggregate) ? '>=' : '<=' };
}

/** Reads a test of a document into the form. */
export function readTest(entry: EntryFields): TestFields {
  const { name = '', on = '', where = '', expect: text = '' } = entry;
  const { min_n: minN = '', paired = '', interval = '' } = entry;
  return { ...EMPTY, name, on, where, minN, paired, interval, text, ...readExpectation(text) };
}

function readExpectation(text: string): Partial<TestFields> {
  try {
    if (isInsightExpectation(text)) return readInsights(text) ?? { against: 'text' };
    const { aggregate, comparator, limit } = parseExpectation(text);
    const head = { aggregate: formatAggregate(aggregate), comparator };
    if (!limit.previous) return { ...head, against: 'number', limit: String(limit.offset) };
    const sign = marginSign(comparator);
    if (limit.factor === 1)
      return { ...head, against: 'previous', margin: margin(limit.offset * sign), isRelative: false };
    if (limit.offset === 0)
      return {
        ...head,
        against: 'previous',
        margin: margin((limit.factor - 1) * 100 * sign),
        isRelative: true,
      };
  } catch {
    // The text stays as written.
  }
  return { against: 'text' };
}

/** A number of insights with at most a kind and a least severity; undefined for other expectations. */
function readInsights(text: string): Partial<TestFields> | undefined {
  const expected = parseInsightExpectation(text);
  if (expected.measure === 'fixed') return undefined;
  const { measure, conditions, comparator, limit } = expected;
  const kind = conditions.find(({ field, comparator: sign }) => field === 'kind' && sign === '=');
  const severity = conditions.find(({ field, comparator: sign }) => field === 'severity' && sign === '>=');
  const read: Partial<TestFields> = {
    ...{ against: 'insights', comparator, limit: String(limit) },
    measure: measure === 'insights' ? 'count' : 'samples',
    insightKind: String(kind?.value ?? ''),
    severity: String(severity?.value ?? EMPTY.severity),
  };
  const known = [kind, severity].filter((one) => one !== undefined);
  return known.length === conditions.length && /^[123]$/.test(read.severity!) ? read : undefined;
}

/** Whether the expectation of a form is about insights, which belong to the run and to no part of its samples. */
export const isAboutInsights = ({ against, text }: Pick<TestFields, 'against' | 'text'>): boolean =>
  against === 'insights' || (against === 'text' && isInsightExpectation(text));

/** Writes the form as a test of a document. */
export function writeTest(fields: TestFields): EntryFields {
  const [name, expect] = [fields.name.trim(), writeExpectation(fields)];
  if (isAboutInsights(fields))
    return { name, on: '', where: '', expect, min_n: '', paired: '', interval: '' };
  return {
    name,
    on: fields.on,
    where: fields.where.trim(),
    expect,
    min_n: fields.minN,
    paired: fields.against === 'number' ? '' : fields.paired,
    interval: fields.interval,
  };
}

function writeExpectation({ aggregate, comparator, against, limit, text, ...fields }: TestFields): string {
  if (against === 'text') return text.trim();
  if (against === 'insights') return `${writeInsights(fields)} ${comparator} ${limit.trim()}`;
  const head = `${aggregate.trim()} ${comparator}`;
  if (against === 'number') return `${head} ${limit.trim()}`;
  const shift = Number(fields.margin) * marginSign(comparator);
  if (shift === 0) return `${head} previous`;
  if (fields.isRelative) return `${head} previous * ${round(1 + shift / 100)}`;
  return `${head} previous ${shift < 0 ? '-' : '+'} ${round(Math.abs(shift))}`;
}

function writeInsights({
  measure,
  insightKind,
  severity,
}: Pick<TestFields, 'measure' | 'insightKind' | 'severity'>): string {
  const conditions = [
    ...(insightKind === '' ? [] : [`kind = ${insightKind}`]),
    ...(severity === EMPTY.severity ? [] : [`severity >= ${severity}`]),
  ];
  return `${measure}(${['insights', ...conditions].join(', ')})`;
}

/** A margin lowers a lower limit and raises an upper one. */
const marginSign = (comparator: string): 1 | -1 => (comparator.startsWith('>') ? -1 : 1);

/** A number without the digits that binary fractions add, as the grammar writes numbers. */
const round = (number: number): number => Number(number.toPrecision(12));

const margin = (number: number): string => (number === 0 ? '' : String(round(number)));

/** Why a form cannot be saved; undefined where it can. The document checks the rest. */
export function findMissing(fields: TestFields, names: readonly string[]): string | undefined {
  const name = fields.name.trim();
  if (name === '') return 'Give the test a name.';
  if (names.includes(name)) return 'Another test of the suite has this name.';
  const hasLimit = fields.against === 'number' || fields.against === 'insights';
  if (hasLimit && (fields.limit.trim() === '' || !Number.isFinite(Number(fields.limit))))
    return 'State the limit as a number.';
  if (fields.against === 'previous' && !Number.isFinite(Number(fields.margin)))
    return 'State the tolerance as a number.';
  return undefined;
}
