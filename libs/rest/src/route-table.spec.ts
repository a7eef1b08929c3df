import { services } from '@noema/contracts';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { describe, expect, it } from 'vitest';
import { RouteTable } from './route-table.js';

const table = new RouteTable(services);
const rpc = (verb: string, path: string): string => {
  const match = table.match(verb, path);
  return match.found === 'route'
    ? match.route.method.name
    : match.found === 'verb'
      ? `not ${match.allowed.join('|')}`
      : 'nothing';
};

describe('RouteTable', () => {
  it('has a route for every RPC', () => {
    expect(table.routes.length).toBeGreaterThanOrEqual(services.flatMap(({ methods }) => methods).length);
  });

  it.each([
    ['GET', '/v1/projects/7', 'GetProject'],
    ['HEAD', '/v1/projects/7', 'GetProject'],
    ['GET', '/v1/runs/7:watch', 'WatchRun'],
    ['GET', '/v1/runs/7', 'GetRun'],
    ['GET', '/v1/training/jobs/7', 'GetJob'],
    ['GET', '/v1/projects/jobs', 'GetProject'],
    ['POST', '/v1/tokens:exchange', 'ExchangeApiKey'],
    ['PUT', '/v1/projects/7', 'not DELETE|GET|PATCH'],
    ['GET', '/v2/projects', 'nothing'],
    ['GET', '/v1/projects/', 'nothing'],
  ])('%s %s is %s', (verb, path, expected) => {
    expect(rpc(verb, path)).toBe(expected);
  });

  it('refuses two RPCs that claim the same paths', () => {
    expect(() => new RouteTable([ProjectService, ProjectService])).toThrow(
      /ambiguous routes: .*ProjectService/,
    );
  });
});
