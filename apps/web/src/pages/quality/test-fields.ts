import { formatAggregate, parseExpectation } from '@noema/evaluation';
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
  /** `text` for an expectation that the other fields cannot hold. */
  readonly against: 'number' | 'previous' | 'text';
  /** The number of `number`. */
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
  ...{ limit: '', margin: '', isRelative: false, text: '', minN: '', paired: '', interval: '' },
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

/** Writes the form as a test of a document. */
export const writeTest = (fields: TestFields): EntryFields => ({
  name: fields.name.trim(),
  on: fields.on,
  where: fields.where.trim(),
  expect: writeExpectation(fields),
  min_n: fields.minN,
  paired: fields.against === 'number' ? '' : fields.paired,
  interval: fields.interval,
});

function writeExpectation({ aggregate, comparator, against, limit, text, ...fields }: TestFields): string {
  if (against === 'text') return text.trim();
  const head = `${aggregate.trim()} ${comparator}`;
  if (against === 'number') return `${head} ${limit.trim()}`;
  const shift = Number(fields.margin) * marginSign(comparator);
  if (shift === 0) return `${head} previous`;
  if (fields.isRelative) return `${head} previous * ${round(1 + shift / 100)}`;
  return `${head} previous ${shift < 0 ? '-' : '+'} ${round(Math.abs(shift))}`;
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
  if (fields.against === 'number' && (fields.limit.trim() === '' || !Number.isFinite(Number(fields.limit))))
    return 'State the limit as a number.';
  if (fields.against === 'previous' && !Number.isFinite(Number(fields.margin)))
    return 'State the tolerance as a number.';
  return undefined;
}
