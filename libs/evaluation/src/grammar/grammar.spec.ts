import { describe, expect, it } from 'vitest';
import { parseAggregate, parseAxis, parseDocument, parseExpectation } from '../index.js';

describe('expressions', () => {
  it.each([
    ['mean(loss)', { name: 'mean', field: 'loss' }],
    [' count( ) ', { name: 'count', field: undefined }],
    ['max("metadata.a b\'); DROP TABLE t")', { name: 'max', field: "metadata.a b'); DROP TABLE t" }],
    [String.raw`min("metadata.a \"b\" \\ c")`, { name: 'min', field: String.raw`metadata.a "b" \ c` }],
  ])('%s is an aggregate', (text, aggregate) => {
    expect(parseAggregate(text)).toEqual(aggregate);
  });

  it.each([
    ['split', { field: 'split', bins: undefined }],
    ['metadata.slant@10', { field: 'metadata.slant', bins: 10 }],
  ])('%s is an axis', (text, axis) => {
    expect(parseAxis(text)).toEqual(axis);
  });

  it.each([
    ['mean(correct) >= 0.95', '>=', { previous: false, factor: 1, offset: 0.95 }],
    ['mean(residual) > -1e-3', '>', { previous: false, factor: 1, offset: -0.001 }],
    ['mean(loss) <= previous * 1.05', '<=', { previous: true, factor: 1.05, offset: 0 }],
    ['mean(loss) < previous / 2 + 0.1', '<', { previous: true, factor: 0.5, offset: 0.1 }],
    ['mean(correct) >= previous - 0.02', '>=', { previous: true, factor: 1, offset: -0.02 }],
    ['count() = 0', '=', { previous: false, factor: 1, offset: 0 }],
  ])('%s is an expectation', (text, comparator, limit) => {
    expect(parseExpectation(text)).toMatchObject({ comparator, limit });
  });

  it.each([
    [
      () => parseAggregate('avg(loss)'),
      '"avg(loss)", position 1: expected one of count, mean, sum, min, max',
    ],
    [() => parseAggregate('mean()'), 'position 6: expected the field of mean, as in mean(loss)'],
    [() => parseAggregate('count(loss)'), 'position 7: expected ")", because count takes no field'],
    [() => parseAggregate('mean(loss'), 'position 10: expected ")", but the text ends'],
    [() => parseAggregate('mean(loss);'), 'position 11: ";" is not expected'],
    [() => parseAxis('loss@1'), 'position 6: expected a whole number of bins from 2 to 1000'],
    [() => parseAxis('x'.repeat(501)), 'longer than 500 characters'],
    [() => parseExpectation('mean(loss) == 1'), 'position 13: expected a number or previous'],
    [() => parseExpectation('mean(loss) = 1'), '= goes with count() alone'],
    [() => parseExpectation('mean(loss) < previous * 0'), 'position 25: expected a factor above 0'],
    [() => parseExpectation('0.9 < mean(correct)'), 'position 1: expected one of count'],
  ])('are refused with the position: %s', (parse, message) => {
    expect(parse).toThrow(message);
  });
});

describe('a document', () => {
  it('has slices, charts and tests', () => {
    const document = parseDocument({
      version: 1,
      slices: { dim: { where: 'metadata.ink < 0.08' } },
      charts: [
        { mark: 'line', x: 'epoch', y: 'mean(loss)', color: 'split', facet: 'run' },
        { mark: 'heatmap', x: 'truth', y: 'metadata.source', z: 'mean(loss)', where: 'split = validation' },
        { reduce: 'pr', class: 9, versions: ['current', 'previous'] },
      ],
      tests: [{ name: 'dim digits', on: 'dim', expect: 'mean(correct) >= 0.95', min_n: 100 }],
    });
    expect(document.slices.get('dim')).toEqual({ where: 'metadata.ink < 0.08' });
    expect(document.charts).toMatchObject([
      { kind: 'mark', mark: 'line', color: { field: 'split' }, interval: 95, where: '' },
      { kind: 'mark', value: { name: 'mean', field: 'loss' }, y: { field: 'metadata.source' } },
      { kind: 'reduction', reduction: 'pr', className: '9', versions: ['current', 'previous'] },
    ]);
    expect(document.tests[0]).toMatchObject({ on: 'dim', minN: 100, paired: undefined });
  });

  it('gives its output to each test without one', () => {
    const read = (document: object) => parseDocument({ version: 1, ...document });
    const tests = [
      { name: 'a', expect: 'mean(correct) >= 0.9' },
      { name: 'b', expect: 'mean(correct) >= 0.9', output: 'parity' },
    ];
    expect(read({ output: 'digit', tests })).toMatchObject({
      output: 'digit',
      tests: [{ output: 'digit' }, { output: 'parity' }],
    });
    expect(read({ tests })).toMatchObject({ output: '', tests: [{ output: '' }, { output: 'parity' }] });
    expect(() => read({ output: 3 })).toThrow('output: it is 3; write a text');
    expect(() => read({ tests: [{ name: 'a', output: 'parity', expect: 'count(insights) = 0' }] })).toThrow(
      'tests[0].output: a test of insights is about all samples',
    );
  });

  const tests = (test: object) => ({ version: 1, tests: [test] });
  const charts = (chart: object) => ({ version: 1, charts: [chart] });
  it.each([
    [undefined, 'the document: it is missing'],
    [{ version: 2 }, 'version: it is 2; this program knows version 1'],
    [charts({ mark: 'scatter', x: 'loss' }), 'charts[0].y: a scatter needs y, a number'],
    [charts({ mark: 'scatter', x: 'loss@10', y: 'loss' }), 'charts[0].x: a scatter draws single samples'],
    [charts({ mark: 'scatter', x: 'a', y: 'b', seed: -1 }), 'charts[0].seed: it is -1'],
    [charts({ mark: 'bar', x: 'a', seed: 1 }), 'there is no field "seed" here'],
    [
      { version: 1, chart: [] },
      'there is no field "chart" here; known: version, output, slices, charts, tests',
    ],
    [charts({ mark: 'pie' }), 'charts[0].mark: it is "pie"; known: bar, line'],
    [charts({ mark: 'bar' }), 'charts[0].x: a bar needs x'],
    [
      charts({ mark: 'heatmap', x: 'truth', y: 'split', color: 'version' }),
      'charts[0].color: a cell of a heatmap has the color of z; write facet instead',
    ],
    [charts({ mark: 'bar', x: 'split', y: 'mean(' }), 'charts[0].y: "mean(", position 6'],
    [charts({ reduce: 'auc' }), 'charts[0].reduce: it is "auc"; known: confusion'],
    [charts({ mark: 'number', on: 'dim' }), 'charts[0].on: there is no slice "dim"; known: none'],
    [tests({ expect: 'count() = 0' }), 'tests[0].name: it is missing; write a text'],
    [tests({ name: 'a', expect: 'count() = 0', min_n: -1 }), 'tests[0].min_n: it is -1'],
    [tests({ name: 'a', expect: 'count() = 0', interval: 100 }), 'tests[0].interval: it is 100'],
    [{ version: 1, tests: {} }, 'tests: it is {}; write a list'],
    [
      { version: 1, slices: { __proto__x: { insight: 'x' } } },
      'there is no field "insight" here; known: where',
    ],
  ])('%j is refused by name', (document, message) => {
    expect(() => parseDocument(document)).toThrow(message);
  });
});
