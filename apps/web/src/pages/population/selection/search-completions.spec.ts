import { expect, it } from 'vitest';
import { completions } from './search-completions.js';

const known = {
  fields: new Map([
    ['loss', 'number'],
    ['class_name', 'string'],
    ['correct', 'boolean'],
    ['metadata.slant', 'number'],
  ] as const),
  listValues: (field: string) => ({ label: ['3', '7', 'ten ten'], correct: ['true', 'false'] })[field] ?? [],
};
const texts = (typed: string): string[] => completions(typed, known).map(({ text }) => text);

it('goes on with a field, its value, and the next condition', () => {
  expect(texts('')).toEqual(['label ', 'loss ', 'class_name ', 'correct ', 'metadata.slant ']);
  expect(texts('l')).toEqual(['label ', 'loss ', 'class_name ', 'metadata.slant ']);
  expect(texts('label = ')).toEqual(['label = 3 ', 'label = 7 ', 'label = "ten ten" ']);
  expect(texts('label = "te')).toEqual(['label = "ten ten" ']);
  expect(texts('correct=f')).toEqual(['correct=false ']);
  expect(texts('label = 3 ')).toEqual(['label = 3 AND ', 'label = 3 OR ']);
  expect(texts('label = 3 AND lo')).toEqual(['label = 3 AND loss ']);
  expect(texts('label = 3 an')).toEqual(['label = 3 AND ']);
  expect(texts('NOT lo')).toEqual(['NOT loss ']);
  expect(texts('(sla')).toEqual(['(metadata.slant ']);
});

it('writes fields in quotes whose names have spaces or signs', () => {
  const field = String.raw`"metadata.pen \"width\""`;
  const own = {
    fields: new Map([['metadata.pen "width"', 'string']] as const),
    listValues: (name: string) => (name === 'metadata.pen "width"' ? ['a "b"', 'c'] : []),
  };
  const next = (typed: string): string[] => completions(typed, own).map(({ text }) => text);
  for (const typed of ['wid', 'pen ', 'metadata.pen', '"me', '"metadata.pen'])
    expect(next(typed)).toEqual([`${field} `]);
  expect(next('label = 3 AND "metadata.pe')).toEqual([`label = 3 AND ${field} `]);
  expect(next(`${field} = `)).toEqual([String.raw`${field} = "a \"b\"" `, `${field} = c `]);
  expect(next(`${field} = c `)).toEqual([`${field} = c AND `, `${field} = c OR `]);
  expect(next('label = "3 4')).toEqual([]);
});

it('stays quiet where nothing fits', () => {
  expect(texts('5-59')).toEqual([]);
  expect(texts('loss > 1')).toEqual([]);
  expect(texts('loss ')).toEqual([]);
});
