import { describe, expect, it } from 'vitest';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { findMissing, newTest, readTest, writeTest } from './test-fields.js';

const read = (text: string) => readTest({ name: 'a', expect: text });

describe('the form of a test', () => {
  it.each([
    'mean(correct) >= 0.95',
    'mean(loss) < 1.5',
    'count() = 1500',
    'mean(correct) >= previous',
    'mean(correct) >= previous - 0.01',
    'mean(loss) <= previous + 0.01',
    'mean(loss) <= previous * 1.05',
    'mean(correct) >= previous * 0.98',
    'mean(correct) > previous + 0.02',
    'mean("metadata.pen width") <= previous * 1.1 + 2',
    'count(insights) = 0',
    'count(insights, kind = to-label-next, severity >= 2) <= 3',
    'samples(insights, kind = mislabelled) <= 40',
    'count(insights, change = born) = 0',
    'fixed("0190b5a0-0000-7000-8000-00000000000a")',
    'not an expectation',
  ])('holds %s', (text) => {
    expect(writeTest(read(text))['expect']).toBe(text);
  });

  it('reads a tolerance as how much worse is acceptable', () => {
    expect(read('mean(correct) >= previous - 0.01')).toMatchObject({ margin: '0.01', isRelative: false });
    expect(read('mean(loss) <= previous * 1.05')).toMatchObject({ margin: '5', isRelative: true });
    expect(read('mean(correct) > previous + 0.02')).toMatchObject({ margin: '-0.02' });
    expect(read('mean(loss) <= previous * 1.1 + 2')).toMatchObject({ against: 'text' });
  });

  it('has a number of insights as fields, and no part of the samples with them', () => {
    const fields = read('count(insights, kind = leakage, severity >= 2) = 0');
    expect(fields).toMatchObject({ against: 'insights', insightKind: 'leakage', severity: '2', limit: '0' });
    expect(read('count(insights, change = born) = 0').against).toBe('text');
    expect(writeTest({ ...fields, on: 'dim', where: 'row < 9', minN: '30' })).toMatchObject({
      ...{ on: '', where: '', min_n: '' },
    });
    expect(findMissing({ ...fields, limit: '' }, [])).toMatch(/limit/);
  });

  it('starts with the metric of the task and its direction', () => {
    expect(newTest(Task.REGRESSION)).toMatchObject({ aggregate: 'mean(loss)', comparator: '<=' });
    expect(newTest(Task.MULTI_CLASS)).toMatchObject({ aggregate: 'mean(correct)', comparator: '>=' });
  });

  it('keeps pairing for comparisons alone', () => {
    const fields = { ...read('mean(loss) <= 2'), paired: 'true' };
    expect(writeTest(fields)['paired']).toBe('');
    expect(writeTest({ ...fields, against: 'previous' })['paired']).toBe('true');
  });

  it('names the missing field', () => {
    const fields = { ...newTest(undefined), name: 'a', limit: '0.9' };
    expect(findMissing(fields, [])).toBeUndefined();
    expect(findMissing({ ...fields, name: ' ' }, [])).toMatch(/name/);
    expect(findMissing(fields, ['a'])).toMatch(/Another test/);
    expect(findMissing({ ...fields, limit: 'high' }, [])).toMatch(/limit/);
  });
});
