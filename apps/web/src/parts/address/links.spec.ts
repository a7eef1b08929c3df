import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { matchPath } from 'react-router-dom';
import { describe, expect, it } from 'vitest';
import { links } from './links.js';

describe('links', () => {
  it('leave out parameters that are not given', () => {
    expect(links.population('p', 'r', { epoch: 5, space: undefined, color: '' })).toBe(
      '/projects/p/runs/r/population?epoch=5',
    );
    expect(links.run('p', 'r')).toBe('/projects/p/runs/r');
  });

  it('lead to test suites, issues and insights', () => {
    expect(links.tests('p')).toBe('/projects/p?tab=tests');
    expect(links.testSuite('p', 's', { result: 'r' })).toBe('/projects/p/tests/s?result=r');
    expect(links.issues('p')).toBe('/projects/p?tab=issues');
    expect(links.issue('p', 'i')).toBe('/projects/p/issues/i');
    expect(links.insights('p', { run: 'r' })).toBe('/projects/p/insights?run=r');
    expect(links.insight('p', 'i')).toBe('/projects/p/insights/i');
  });

  it.each(['1', 'a/b', 'a?b#c', '50%', 'ä ö', '..'])(
    'bring the sample id %s through the router',
    (sampleId) => {
      const address = links.sample('p', 'r', { split: Split.TEST, sampleId }, { epoch: 2 });
      const match = matchPath(
        '/projects/:projectId/runs/:runId/samples/:split/:sampleId',
        decode(new URL(address, 'http://noema').pathname),
      );
      if (sampleId !== '..') expect(match?.params).toMatchObject({ split: 'test', sampleId });
    },
  );

  it('lead to a unit and to all units of a layer', () => {
    expect(links.unit('p', 'r', { layer: 'block/conv', unit: 3 }, { epoch: 1 })).toBe(
      '/projects/p/runs/r/layers/block%2Fconv/units/3?epoch=1',
    );
    expect(links.unit('p', 'r', { layer: 'dense', unit: 'all' })).toBe(
      '/projects/p/runs/r/layers/dense/units/all',
    );
  });
});

/** As the router reads a path before it matches: each part is decoded, a slash in it stays escaped. */
const decode = (path: string): string =>
  path
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('/', '%2F'))
    .join('/');
