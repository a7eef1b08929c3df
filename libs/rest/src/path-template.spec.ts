import { DomainError } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { fillPath, matchPath, splitPath } from './path-matching.js';
import { parsePathTemplate } from './path-template.js';

const match = (template: string, path: string) => {
  const found = matchPath(parsePathTemplate(template), splitPath(path));
  return found === undefined ? undefined : Object.fromEntries(found);
};

describe('path templates', () => {
  it.each([
    ['/v1/runs/{run_id}', '/v1/runs/7', { run_id: '7' }],
    ['/v1/runs/{run_id}', '/v1/runs/a%2Fb%3Ac', { run_id: 'a/b:c' }],
    ['/v1/runs/{run_id}', '/v1/runs/', undefined],
    ['/v1/runs/{run_id}', '/v1/runs/7/epochs', undefined],
    ['/v1/runs/{run_id}:stop', '/v1/runs/7:stop', { run_id: '7' }],
    ['/v1/runs/{run_id}:stop', '/v1/runs/7', undefined],
    ['/v1/{name=projects/*/runs/*}', '/v1/projects/p/runs/r', { name: 'projects/p/runs/r' }],
    ['/v1/{name=projects/*}', '/v1/teams/p', undefined],
    ['/v1/files/{path=**}', '/v1/files/a/b/c', { path: 'a/b/c' }],
    ['/v1/files/{path=**}:read', '/v1/files/a/b:read', { path: 'a/b' }],
    ['/v1/{team.id}/*', '/v1/t/x', { 'team.id': 't' }],
  ])('%s on %s', (template, path, expected) => {
    expect(match(template, path)).toEqual(expected);
  });

  it.each(['v1/a', '/v1/{a', '/v1//a', '/v1/{p=**}/x'])('refuses %s', (template) => {
    expect(() => parsePathTemplate(template)).toThrow(/path template/);
  });

  it('refuses broken percent-encoding by name', () => {
    expect(() => match('/v1/runs/{run_id}', '/v1/runs/%zz')).toThrow(DomainError);
  });

  it('fills in what it reads back', () => {
    for (const [template, values] of [
      ['/v1/a/{b}/{c=d/*}:go', { b: 'x/ y:z', c: 'd/é' }],
      ['/v1/{p=**}', { p: 'a/b' }],
    ] as const) {
      const path = fillPath(
        parsePathTemplate(template),
        (name) => (values as Record<string, string>)[name] ?? '',
      );
      expect(match(template, path)).toEqual(values);
    }
  });
});
