import { expect, it } from 'vitest';
import { parameter } from './exploration-options.js';

it('reads settings one after the other', () => {
  const settings = ['n_neighbors=30', 'min_dist=0.1', 'metric=cosine', 'exact=true', 'note='].reduce<
    ReturnType<typeof parameter>
  >((all, text) => parameter(text, all), {});
  expect(settings).toEqual({ n_neighbors: 30, min_dist: 0.1, metric: 'cosine', exact: true, note: '' });
  expect(() => parameter('n_neighbors')).toThrow(/such as n_neighbors=30/);
});
