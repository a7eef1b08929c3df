import { describe, expect, it } from 'vitest';
import { moveEntry, putEntry, putSlice, readDocumentText, readEntry, removeEntry } from './document-text.js';

const TEXT = `version: 1
# Losses come first.
charts:
  - { mark: bar, x: split, y: mean(loss) }
  - { mark: donut, x: truth }
`;

describe('the text of a document', () => {
  it('is read as charts', () => {
    expect(readDocumentText(TEXT).document?.charts).toMatchObject([{ mark: 'bar' }, { mark: 'donut' }]);
  });

  it.each([
    ['a mark that does not exist', TEXT.replace('donut', 'pie'), 5, /"pie"; known: bar, line/],
    ['an aggregate without a field', TEXT.replace('mean(loss)', 'mean()'), 4, /field of mean/],
    ['a missing version', TEXT.replace('version: 1\n', ''), 1, /version/],
    ['YAML that does not close', 'version: 1\ncharts: [', 2, /./],
  ])('has the line of %s', (_, text, line, message) => {
    const { fault } = readDocumentText(text);
    expect(fault).toMatchObject({ line });
    expect(fault!.message).toMatch(message);
  });

  it('takes a chart of the form and keeps comments', () => {
    const text = putEntry(TEXT, 'charts', {
      mark: 'line',
      x: 'confidence@10',
      y: 'mean(correct)',
      where: '',
    });
    expect(text).toContain('# Losses come first.');
    expect(readDocumentText(text).document?.charts).toMatchObject([{}, {}, { mark: 'line', where: '' }]);
    expect(text).not.toContain('where');
  });

  it('takes the first chart of an empty document', () => {
    for (const empty of ['version: 1\n', 'version: 1\ncharts:\n', 'version: 1\ncharts: []\n'])
      expect(readDocumentText(putEntry(empty, 'charts', { mark: 'number' })).document?.charts).toHaveLength(
        1,
      );
  });

  it('keeps the versions of a chart as a list', () => {
    const fields = { reduce: 'pr', class: '9', versions: '["current","previous"]', interval: '90' };
    const text = putEntry(TEXT, 'charts', fields, 0);
    expect(readDocumentText(text).document?.charts[0]).toMatchObject({
      versions: ['current', 'previous'],
      className: '9',
      interval: 90,
    });
    expect(readEntry(text, 'charts', 0)).toEqual(fields);
  });

  it('replaces, moves and removes a chart', () => {
    const replaced = putEntry(TEXT, 'charts', { mark: 'table', x: 'truth' }, 0);
    expect(readEntry(replaced, 'charts', 0)).toEqual({ mark: 'table', x: 'truth' });
    expect(readEntry(moveEntry(replaced, 'charts', 0, 1), 'charts', 0)['mark']).toBe('donut');
    expect(readDocumentText(removeEntry(replaced, 'charts', 0)).document?.charts).toMatchObject([
      { mark: 'donut' },
    ]);
  });

  it('takes tests with numbers and booleans, and slices', () => {
    const text = putEntry(putSlice('version: 1\n', 'dim', 'metadata.ink < 0.1'), 'tests', {
      name: 'dim digits',
      on: 'dim',
      expect: 'mean(correct) >= 0.9',
      min_n: '100',
      paired: 'false',
    });
    const { document } = readDocumentText(text);
    expect(document?.slices.get('dim')).toEqual({ where: 'metadata.ink < 0.1' });
    expect(putSlice(TEXT, 'dim', 'loss > 1')).toMatch(/slices:[^]*charts:/);
    expect(document?.tests).toMatchObject([{ name: 'dim digits', on: 'dim', minN: 100, paired: false }]);
  });
});
