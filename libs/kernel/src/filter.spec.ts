import { describe, expect, it } from 'vitest';
import { DomainError, Filter, type FilterFields, JOB_STATE_FIELD, seededRandom } from './index.js';

const INDEX_KIND = { prefix: 'INDEX_KIND', values: ['exact', 'faiss-hnsw'] };
const fields: FilterFields = {
  state: JOB_STATE_FIELD,
  kind: INDEX_KIND,
  split: 'string',
  row: 'number',
  'metadata.label': 'number',
  'metadata.ink': 'number',
  ok: 'boolean',
  create_time: 'timestamp',
  name: 'string',
};
const row = (values: Record<string, string | number | boolean | Date | null>) => (name: string) =>
  values[name];
const meets = (filter: string, values: Record<string, string | number | boolean | Date | null>) =>
  Filter.of(filter, fields).matches(row(values));
const catchFault = (filter: string): string => {
  try {
    Filter.of(filter, fields);
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'invalid' && error.reason === 'FILTER_INVALID')
      return `${error.metadata['position']}: ${error.message.split('\n')[0]}`;
    throw error;
  }
  return 'no fault';
};

describe('filter', () => {
  it.each<[string, Record<string, string | number | boolean | Date | null>, boolean]>([
    ['', {}, true],
    ['   ', {}, true],
    ['split = "validation"', { split: 'validation' }, true],
    ['split = validation', { split: 'validation' }, true],
    ["split='training'", { split: 'validation' }, false],
    ['metadata.label = 7', { 'metadata.label': 7 }, true],
    ['metadata.label != 7', { 'metadata.label': 8 }, true],
    ['metadata.ink>-.5e-1', { 'metadata.ink': 0 }, true],
    ['metadata.ink <= 0.25 AND row >= 3', { 'metadata.ink': 0.25, row: 3 }, true],
    ['ok = true', { ok: true }, true],
    ['NOT ok = true', { ok: true }, false],
    ['-ok = true', { ok: false }, true],
    ['NOT NOT ok = true', { ok: true }, true],
    ['name:"nE"', { name: 'Seven, one' }, true],
    ['name:*', { name: '' }, true],
    ['name:*', { name: null }, false],
    ['name = "a \\"b\\" \\\\"', { name: 'a "b" \\' }, true],
    ['create_time >= "2026-01-31T12:00:00+01:00"', { create_time: new Date('2026-01-31T11:00:00Z') }, true],
    ['create_time < "2026-01-31"', { create_time: new Date('2026-01-31T00:00:00Z') }, false],
    ['row = 1 OR row = 2 OR row = 3', { row: 3 }, true],
    ['(row = 1 OR row = 2) AND NOT (ok = false)', { row: 2, ok: true }, true],
    ['row = 2 ok = true', { row: 2, ok: false }, false],
    ['state = "JOB_STATE_SUCCEEDED"', { state: 'succeeded' }, true],
    ['state = JOB_STATE_SUCCEEDED', { state: 'succeeded' }, true],
    ['state = succeeded', { state: 'succeeded' }, true],
    ['state:"JOB_STATE_FAILED"', { state: 'succeeded' }, false],
    ['state != JOB_STATE_FAILED', { state: 'succeeded' }, true],
    ['kind = INDEX_KIND_FAISS_HNSW', { kind: 'faiss-hnsw' }, true],
    ['kind = "faiss-hnsw"', { kind: 'faiss-hnsw' }, true],
    ['"row" = 3 AND "metadata.ink" > 1', { row: 3, 'metadata.ink': 2 }, true],
    ['row = null', { row: null }, true],
    ['row = null', { row: NaN }, true],
    ['row != null', { row: 0 }, true],
    ['name = null', { name: 'null' }, false],
    ['name = "null"', { name: 'null' }, true],
    ['name = null', {}, true],
    ['NOT create_time = null', { create_time: null }, false],
  ])('%s of %j is %s', (filter, values, expected) => {
    expect(meets(filter, values)).toBe(expected);
  });

  it('orders text by code points', () => {
    expect(meets('name > "\uffff"', { name: '\u{1f600}' })).toBe(true);
    expect(meets('name < "ab"', { name: 'a' })).toBe(true);
    expect(meets('name < "\ue000"', { name: '\u{10ffff}' })).toBe(false);
  });

  it('binds OR tighter than AND, as AIP-160 says', () => {
    expect(meets('row = 1 AND row = 2 OR ok = true', { row: 3, ok: true })).toBe(false);
    expect(meets('row = 1 OR ok = true AND row = 2', { row: 1, ok: false })).toBe(false);
  });

  it('a missing value or NaN is equal to nothing: "!=" and NOT agree', () => {
    for (const filter of ['row != 1', 'NOT row = 1'])
      for (const values of [{}, { row: null }, { row: NaN }, { row: 2 }])
        expect(meets(filter, values)).toBe(true);
    expect(meets('NOT row != 1', {})).toBe(false);
  });

  it.each(['=', '<', '<=', '>', '>='])('a missing value or NaN does not meet "%s"', (op) => {
    expect(meets(`row ${op} 1`, {})).toBe(false);
    expect(meets(`row ${op} 1`, { row: NaN })).toBe(false);
    expect(meets(`NOT row ${op} 1`, { row: null })).toBe(true);
  });

  it.each([
    ['row', '4: filter, character 4: after "row" one of =, !=, <, <=, >, >=, : is expected'],
    ['row = ', '7: filter, character 7: after "=" a value is expected'],
    ['row = 1 AND', '12: filter, character 12: a condition such as metadata.label = 7 is missing'],
    ['(row = 1', '1: filter, character 1: this bracket is never closed'],
    ['row = 1)', '8: filter, character 8: ")" was not expected; join conditions with AND or OR'],
    ['name = "x', '8: filter, character 8: the text that starts here has no closing "'],
    [
      'colour = 1',
      '1: filter, character 1: there is no field "colour"; known: create_time, kind, metadata.ink, ' +
        'metadata.label, name, ok, row, split, state',
    ],
    [
      'row = 1 AND metadata.label = "7"',
      '30: filter, character 30: "metadata.label" is a number, but the text "7" is not; write it as 7 or ' +
        '-0.25, without quotes',
    ],
    [
      'row = seven',
      '7: filter, character 7: "row" is a number, but seven is not; write it as 7 or -0.25, without quotes',
    ],
    ['ok < true', '1: filter, character 1: "ok" is true or false and has no order; use = or !='],
    [
      'create_time > yesterday',
      '15: filter, character 15: "create_time" is a timestamp, but yesterday is not; write it as ' +
        '"2026-01-31T12:00:00Z"',
    ],
    [
      'row ! 1',
      '5: filter, character 5: "!" means nothing here; the comparators are =, !=, <, <=, >, >= and :',
    ],
    ['"" = 1', '1: filter, character 1: "" is no field name; write a condition such as metadata.label = 7'],
    [
      '__proto__ = 1',
      '1: filter, character 1: there is no field "__proto__"; known: create_time, kind, metadata.ink, ' +
        'metadata.label, name, ok, row, split, state',
    ],
    [
      'kind = "hnsw"',
      '8: filter, character 8: "kind" has no value "hnsw"; known: INDEX_KIND_EXACT, ' +
        'INDEX_KIND_FAISS_HNSW, or exact, faiss-hnsw',
    ],
    [
      'kind = INDEX_KIND_UNSPECIFIED',
      '8: filter, character 8: "kind" has no value "INDEX_KIND_UNSPECIFIED"; known: INDEX_KIND_EXACT, ' +
        'INDEX_KIND_FAISS_HNSW, or exact, faiss-hnsw',
    ],
    ['kind < exact', '1: filter, character 1: "kind" is an enum and has no order; use = or !='],
    ['row > null', '7: filter, character 7: null goes with = and != alone; for the text write "null"'],
  ])('explains what is wrong with %s', (filter, expected) => {
    expect(catchFault(filter)).toBe(expected);
  });

  it('stops at deep nesting and at long texts', () => {
    expect(catchFault(`${'('.repeat(100)}row = 1${')'.repeat(100)}`)).toMatch(/more than 64 levels/);
    expect(() => Filter.of('x'.repeat(10_000), fields)).toThrow(/at most 8192/);
  });

  it('refuses the condition after the hundredth', () => {
    const of = (n: number): string => Array.from({ length: n }, (_, i) => `row = ${i}`).join(' OR ');
    expect(meets(of(100), { row: 99 })).toBe(true);
    expect(() => Filter.of(of(101), fields)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        reason: 'FILTER_TOO_MANY_CONDITIONS',
        metadata: { conditions: '101', max: '100' },
      }),
    );
  });

  it('knows other names of fields, and the fields it names', () => {
    const filter = Filter.of('label = 3 AND NOT row = 1 OR label = null', fields, {
      label: 'metadata.label',
    });
    expect(filter.fields).toEqual(['metadata.label', 'row']);
    expect(filter.matches(row({ 'metadata.label': 3, row: 2 }))).toBe(true);
    expect(() => Filter.of('colour = 1', fields, { label: 'metadata.label' })).toThrow(
      /known: create_time, kind, label, metadata.ink/,
    );
  });

  it('looks at many rows in slices: others have their turn, and a signal ends it', async () => {
    const random = seededRandom(3);
    const values = Float64Array.from({ length: 200_000 }, () => random());
    const filter = Filter.of(Array.from({ length: 100 }, (_, i) => `row = ${i + 2}`).join(' OR '), fields);
    let turns = 0;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const mask = await filter.rows(values.length, () => (at) => values[at]);
    clearImmediate(timer);
    expect(mask.every((byte) => byte === 0)).toBe(true);
    expect(turns).toBeGreaterThan(1);
    const abort = new AbortController();
    const running = filter.rows(values.length, () => (at) => values[at], abort.signal);
    abort.abort(new Error('gone'));
    await expect(running).rejects.toThrow('gone');
  });

  it('becomes SQL whose values are parameters only', () => {
    const { sql, params } = Filter.of(
      'split = "a\'; DROP TABLE t; --" AND (NOT metadata.ink > 0.5 OR name:x)',
      fields,
    ).toSql((field) => `"${field}"`, 3);
    expect(sql).toBe(
      '(coalesce("split" = $3, false) AND ((NOT coalesce("metadata.ink" > $4::double precision AND ' +
        '"metadata.ink" <> \'NaN\'::double precision, false)) OR coalesce(strpos(lower("name"), ' +
        'lower($5)) > 0, false)))',
    );
    expect(params).toEqual(["a'; DROP TABLE t; --", 0.5, 'x']);
    expect(Filter.of('', fields).toSql((f) => f)).toEqual({ sql: 'true', params: [] });
  });
});
