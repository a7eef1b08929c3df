import { asDomainError } from '@noema/kernel/domain-error';
import {
  type Aggregate,
  type Axis,
  type Expectation,
  parseAggregate,
  parseAxis,
  parseExpectation,
} from './expression.js';
import { documentInvalid } from './grammar.errors.js';
import {
  type InsightExpectation,
  isInsightExpectation,
  parseInsightExpectation,
} from './insight-expression.js';

export const MARKS = ['bar', 'line', 'area', 'table', 'heatmap', 'donut', 'histogram', 'number'] as const;
export type Mark = (typeof MARKS)[number];
/** The mark that draws samples instead of groups. */
export const SCATTER = 'scatter';

export const REDUCTIONS = [
  'confusion',
  'classes',
  'pr',
  'roc',
  'calibration',
  'confidence',
  'thresholds',
  'regression',
] as const;
export type ReductionName = (typeof REDUCTIONS)[number];

export const NORMALIZATIONS = ['none', 'truth', 'prediction', 'all'] as const;
export const VERSIONS = ['current', 'previous'] as const;

/** A named condition over samples, in the language of filters. */
export interface Slice {
  readonly where: string;
}

interface AnyChart {
  readonly title: string;
  /** Filter of the samples; empty for all. */
  readonly where: string;
  /** Name of a slice of the document. */
  readonly on: string | undefined;
  /** Confidence of the intervals in percent. */
  readonly interval: number;
}

/** Groups of samples and a number of each. */
export interface MarkChart extends AnyChart {
  readonly kind: 'mark';
  readonly mark: Mark;
  readonly x: Axis | undefined;
  /** The number that is drawn; that of a heat map is its `z`. */
  readonly value: Aggregate;
  /** The rows of a heat map. */
  readonly y: Axis | undefined;
  readonly color: Axis | undefined;
  readonly facet: Axis | undefined;
}

/** A metric of ground truth and prediction. */
export interface ReductionChart extends AnyChart {
  readonly kind: 'reduction';
  readonly reduction: ReductionName;
  readonly normalize: (typeof NORMALIZATIONS)[number];
  /** Name or number of the class of a curve. */
  readonly className: string | undefined;
  readonly versions: readonly (typeof VERSIONS)[number][];
}

/** Single samples by two numbers of each. */
export interface ScatterChart extends Omit<MarkChart, 'kind' | 'mark'> {
  readonly kind: 'scatter';
  readonly mark: typeof SCATTER;
  /** Both axes are numbers without bins. */
  readonly x: Axis;
  readonly y: Axis;
  /** Seed of the sample that is drawn where there are too many. */
  readonly seed: number;
}

export type Chart = MarkChart | ScatterChart | ReductionChart;

interface AnyTest {
  readonly name: string;
  /** The expectation as written. */
  readonly text: string;
}

/** A test of numbers of samples. */
export interface SampleTest extends AnyTest {
  readonly kind: 'samples';
  /** Output of the model whose numbers are tested; empty for the first one with the losses of all. */
  readonly output: string;
  /** Name of a slice of the document; undefined for all samples. */
  readonly on: string | undefined;
  /** Filter in addition to the slice; empty for none. */
  readonly where: string;
  readonly expect: Expectation;
  /** With fewer samples the test is undecided. */
  readonly minN: number;
  /** Compares sample by sample; undefined where both versions have the same samples. */
  readonly paired: boolean | undefined;
  /** Confidence of the interval in percent. */
  readonly interval: number;
}

/** A test of the insights of a run. */
export interface InsightTest extends AnyTest {
  readonly kind: 'insights';
  readonly expect: InsightExpectation;
}

export type TestCase = SampleTest | InsightTest;

/** The words of a dashboard: slices, charts and tests. */
export interface EvaluationDocument {
  readonly version: 1;
  /** Output of charts, and of tests without one of their own; empty for the first one with the losses of all. */
  readonly output: string;
  readonly slices: ReadonlyMap<string, Slice>;
  readonly charts: readonly Chart[];
  readonly tests: readonly TestCase[];
}

const MAX_ENTRIES = 200;
const DEFAULT_INTERVAL = 95;

/**
 * Reads a document that YAML or JSON gave. Throws `invalid` EVALUATION_DOCUMENT_INVALID with the place and the
 * known names, EXPRESSION_INVALID with the position.
 */
export function parseDocument(value: unknown): EvaluationDocument {
  const root = new Entry(value, 'the document').only('version', 'output', 'slices', 'charts', 'tests');
  if (root.raw('version') !== 1)
    throw documentInvalid('version', `it is ${show(root.raw('version'))}; this program knows version 1`);
  const output = root.text('output', '');
  const slices = new Map<string, Slice>();
  const named = root.raw('slices');
  if (named !== undefined) {
    const all = new Entry(named, 'slices');
    if (all.keys.length > MAX_ENTRIES) throw documentInvalid('slices', `more than ${MAX_ENTRIES} slices`);
    for (const name of all.keys) {
      const slice = new Entry(all.raw(name), `slices.${name}`).only('where');
      slices.set(name, { where: slice.text('where') });
    }
  }
  return {
    version: 1,
    output,
    slices,
    charts: root.list('charts').map((chart) => parseChart(chart, slices)),
    tests: root.list('tests').map((test) => parseTest(test, slices, output)),
  };
}

const ANY = ['title', 'where', 'on', 'interval'] as const;

function parseChart(entry: Entry, slices: ReadonlyMap<string, Slice>): Chart {
  const any = {
    title: entry.text('title', ''),
    where: entry.text('where', ''),
    on: sliceName(entry, slices),
    interval: interval(entry),
  };
  if (entry.raw('reduce') !== undefined) {
    entry.only(...ANY, 'reduce', 'normalize', 'class', 'versions');
    const names: unknown = entry.raw('versions') ?? ['current'];
    const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
    if (!isList(names)) throw documentInvalid(`${entry.path}.versions`, 'it is not a list');
    const className = entry.raw('class');
    if (className !== undefined && typeof className !== 'string' && typeof className !== 'number')
      throw documentInvalid(`${entry.path}.class`, `it is ${show(className)}; write the name of a class`);
    return {
      ...any,
      kind: 'reduction',
      reduction: entry.choice('reduce', REDUCTIONS),
      normalize: entry.choice('normalize', NORMALIZATIONS, 'none'),
      className: className === undefined ? undefined : String(className),
      versions: names.map((_, i) => new Entry({ version: names[i] }, entry.path).choice('version', VERSIONS)),
    };
  }
  const mark = entry.choice('mark', [...MARKS, SCATTER]);
  const axis = (name: string): Axis | undefined => {
    const text = entry.text(name, '');
    return text === '' ? undefined : entry.parse(name, () => parseAxis(text));
  };
  if (mark === SCATTER) return { ...any, ...parseScatter(entry, axis) };
  entry.only(...ANY, 'mark', 'x', 'y', 'z', 'color', 'facet');
  const number = mark === 'heatmap' ? 'z' : 'y';
  const text = entry.text(number, 'count()');
  const x = axis('x');
  if (x === undefined && mark !== 'number')
    throw documentInvalid(`${entry.path}.x`, `a ${mark} needs x, the field of its groups`);
  const y = mark === 'heatmap' ? axis('y') : undefined;
  if (mark === 'heatmap' && y === undefined)
    throw documentInvalid(`${entry.path}.y`, 'a heatmap needs y, the field of its rows');
  if (mark === 'heatmap' && axis('color') !== undefined)
    throw documentInvalid(
      `${entry.path}.color`,
      'a cell of a heatmap has the color of z; write facet instead',
    );
  return {
    ...any,
    kind: 'mark',
    mark,
    x,
    y,
    value: entry.parse(number, () => parseAggregate(text)),
    color: axis('color'),
    facet: axis('facet'),
  };
}

function parseScatter(
  entry: Entry,
  axis: (name: string) => Axis | undefined,
): Omit<ScatterChart, keyof AnyChart> {
  entry.only(...ANY, 'mark', 'x', 'y', 'color', 'facet', 'seed');
  const numberAxis = (name: string): Axis => {
    const own = axis(name);
    if (own === undefined)
      throw documentInvalid(`${entry.path}.${name}`, `a scatter needs ${name}, a number`);
    if (own.bins === undefined) return own;
    throw documentInvalid(`${entry.path}.${name}`, 'a scatter draws single samples; leave out @');
  };
  const [x, y] = [numberAxis('x'), numberAxis('y')];
  const seed = entry.raw('seed') ?? 0;
  if (typeof seed !== 'number' || !Number.isSafeInteger(seed) || seed < 0)
    throw documentInvalid(`${entry.path}.seed`, `it is ${show(seed)}; write a whole number of 0 or more`);
  return {
    ...{ kind: SCATTER, mark: SCATTER, x, y, seed },
    // The number of one sample.
    value: { name: 'mean', field: y.field },
    color: axis('color'),
    facet: axis('facet'),
  };
}

function parseTest(entry: Entry, slices: ReadonlyMap<string, Slice>, output: string): TestCase {
  entry.only('name', 'output', 'on', 'where', 'expect', 'min_n', 'paired', 'interval');
  const text = entry.text('expect');
  if (isInsightExpectation(text)) return parseInsightTest(entry, text);
  const minN = entry.raw('min_n') ?? 0;
  if (!Number.isSafeInteger(minN) || (minN as number) < 0)
    throw documentInvalid(`${entry.path}.min_n`, `it is ${show(minN)}; write a whole number of 0 or more`);
  const paired = entry.raw('paired');
  if (paired !== undefined && typeof paired !== 'boolean')
    throw documentInvalid(`${entry.path}.paired`, `it is ${show(paired)}; write true or false`);
  return {
    kind: 'samples',
    name: entry.text('name'),
    output: entry.text('output', output),
    on: sliceName(entry, slices),
    where: entry.text('where', ''),
    expect: entry.parse('expect', () => parseExpectation(text)),
    text,
    minN: minN as number,
    paired,
    interval: interval(entry),
  };
}

const OF_SAMPLES = ['output', 'on', 'where', 'min_n', 'paired', 'interval'] as const;

function parseInsightTest(entry: Entry, text: string): InsightTest {
  const other = OF_SAMPLES.find((name) => entry.raw(name) !== undefined);
  if (other !== undefined)
    throw documentInvalid(
      `${entry.path}.${other}`,
      'a test of insights is about all samples of the run; leave it out, and write conditions after insights',
    );
  return {
    kind: 'insights',
    name: entry.text('name'),
    expect: entry.parse('expect', () => parseInsightExpectation(text)),
    text,
  };
}

function sliceName(entry: Entry, slices: ReadonlyMap<string, Slice>): string | undefined {
  const name = entry.text('on', '');
  if (name === '') return undefined;
  if (slices.has(name)) return name;
  const known = [...slices.keys()].join(', ') || 'none';
  throw documentInvalid(`${entry.path}.on`, `there is no slice ${show(name)}; known: ${known}`);
}

function interval(entry: Entry): number {
  const value = entry.raw('interval') ?? DEFAULT_INTERVAL;
  if (typeof value === 'number' && value >= 50 && value < 100) return value;
  throw documentInvalid(`${entry.path}.interval`, `it is ${show(value)}; write percent from 50 to below 100`);
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
};

/** An object of a document and its place there. */
class Entry {
  private readonly fields: ReadonlyMap<string, unknown>;

  constructor(
    value: unknown,
    readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw documentInvalid(path, `it is ${show(value)}; write names and values`);
    this.fields = new Map(Object.entries(value));
  }

  get keys(): string[] {
    return [...this.fields.keys()];
  }

  raw(name: string): unknown {
    return this.fields.get(name) ?? undefined;
  }

  only(...known: readonly string[]): this {
    const other = this.keys.find((name) => !known.includes(name));
    if (other === undefined) return this;
    throw documentInvalid(this.path, `there is no field "${other}" here; known: ${known.join(', ')}`);
  }

  text(name: string, initial?: string): string {
    const value = this.raw(name) ?? initial;
    if (typeof value === 'string' && (value !== '' || initial === '')) return value;
    throw documentInvalid(`${this.path}.${name}`, `it is ${show(value)}; write a text`);
  }

  choice<T extends string>(name: string, known: readonly T[], initial?: T): T {
    const value = this.raw(name) ?? initial;
    const choice = known.find((one) => one === value);
    if (choice !== undefined) return choice;
    throw documentInvalid(`${this.path}.${name}`, `it is ${show(value)}; known: ${known.join(', ')}`);
  }

  list(name: string): Entry[] {
    const value = this.raw(name) ?? [];
    if (!Array.isArray(value)) throw documentInvalid(name, `it is ${show(value)}; write a list`);
    if (value.length > MAX_ENTRIES) throw documentInvalid(name, `it has more than ${MAX_ENTRIES} entries`);
    return value.map((one, i) => new Entry(one, `${name}[${i}]`));
  }

  /** Adds the place to the error of an expression. */
  parse<T>(name: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      throw documentInvalid(`${this.path}.${name}`, asDomainError(error).message);
    }
  }
}
