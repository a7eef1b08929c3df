import { expect, it } from 'vitest';
import { findOrThrow } from './find-or-throw.js';
import { uuidv7 } from './ids.js';

const known = { id: uuidv7() };
const searched: string[] = [];
const resources = {
  find: (id: string) => {
    searched.push(id);
    return Promise.resolve(id === known.id ? known : undefined);
  },
};
const notFound = (id: string): Error => new Error(`no ${id}`);

it('returns the resource with the id', async () => {
  expect(await findOrThrow(resources, known.id, notFound)).toBe(known);
});

it('throws the error of the caller for an id that no resource has', async () => {
  const id = uuidv7();
  await expect(findOrThrow(resources, id, notFound)).rejects.toThrow(`no ${id}`);
});

it('does not search for a text that is not a uuid', async () => {
  searched.length = 0;
  await expect(findOrThrow(resources, 'x', notFound)).rejects.toThrow('no x');
  expect(searched).toEqual([]);
});
