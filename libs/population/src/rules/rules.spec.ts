import { describe, expect, it } from 'vitest';
import {
  classNamesFor,
  matchColumns,
  metadataColumn,
  metadataName,
  outputColumn,
  parseOutputColumn,
  SAMPLE_COLUMNS,
  toOutputColumn,
} from './index.js';

describe('matchColumns', () => {
  it('matches by name where the data have all names', () => {
    expect(matchColumns(['b', 'a'], ['a', 'b', 'c'])).toEqual(['b', 'a']);
  });
  it('matches in order where a name is missing', () => {
    expect(matchColumns(['x', 'a'], ['a', 'b'])).toEqual(['a', 'b']);
  });
  it('finds nothing where names and numbers differ', () => {
    expect(matchColumns(['x'], ['a', 'b'])).toBeUndefined();
  });
});

describe('metadata columns', () => {
  it('carry the prefix once', () => {
    expect(metadataColumn('ink')).toBe('metadata.ink');
    expect(metadataName('metadata.metadata.x')).toBe('metadata.x');
    expect(metadataName(SAMPLE_COLUMNS.split)).toBeUndefined();
  });
});

describe('classNamesFor', () => {
  it('gives the names of the data to an output with as many classes', () => {
    expect(classNamesFor(2, ['a', 'b'])).toEqual(['a', 'b']);
    expect(classNamesFor(1, ['a', 'b'])).toEqual(['a', 'b']);
    expect(classNamesFor(1000, ['a', 'b'])).toEqual([]);
  });
});

describe('parseOutputColumn', () => {
  it('finds the longest output that a name begins with', () => {
    const outputs = ['head', 'head.2'];
    expect(parseOutputColumn(outputColumn('head.2', 'loss'), outputs)).toEqual({
      output: 'head.2',
      column: 'loss',
    });
    expect(parseOutputColumn('outputs.head.loss', outputs)).toEqual({ output: 'head', column: 'loss' });
    expect(parseOutputColumn('outputs.tail.loss', outputs)).toBeUndefined();
    expect(parseOutputColumn('loss', outputs)).toBeUndefined();
  });
});

describe('toOutputColumn', () => {
  it.each([
    ['loss', '', 'loss'],
    ['loss', 'digit', 'outputs.digit.loss'],
    ['correct', 'digit', 'correct'],
    ['correct', 'parity', 'outputs.parity.correct'],
    ['metadata.ink', 'parity', 'metadata.ink'],
    ['split', 'parity', 'split'],
  ])('finds %s of the output "%s" in %s', (column, output, expected) => {
    expect(toOutputColumn(column, output, ['digit', 'parity'])).toBe(expected);
  });

  it('has no prefix for the only output of a model', () => {
    expect(toOutputColumn('loss', 'digit', ['digit'])).toBe('loss');
  });
});
