import {
  equals,
  fromBinary,
  type JsonObject,
  type JsonValue,
  type Message,
  toBinary,
} from '@bufbuild/protobuf';
import { services } from '@noema/contracts';
import {
  type CreateModelRequest,
  CreateModelRequestSchema,
} from '@noema/contracts/noema/training/v1/model_service';
import { DomainError } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { sampleMessage } from '../test/sample-message.js';
import { bindRequest } from './request-binding.js';
import { encodeRequest } from './request-encoding.js';
import { listRoutes } from './http-rule.js';
import { RouteTable } from './route-table.js';

const table = new RouteTable(services);

function bind(verb: string, target: string, body?: JsonValue): Message {
  const url = new URL(target, 'http://x');
  const match = table.match(verb, url.pathname);
  if (match.found !== 'route') throw new Error(`${verb} ${target} is not routed`);
  return bindRequest(match.route, { variables: match.variables, query: url.searchParams, body });
}

function violation(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'invalid')
      return error.violations[0]?.field ?? error.reason;
    throw error;
  }
  return undefined;
}

describe('requests', () => {
  it.each(services.flatMap(({ methods }) => methods))('%s comes back from HTTP unchanged', (method) => {
    const [route] = listRoutes(method);
    const sent = sampleMessage(method.input);
    const http = encodeRequest(route!, sent);
    const read = bind(
      http.verb,
      http.target,
      http.body === undefined ? undefined : (JSON.parse(http.body) as JsonValue),
    );
    expect(equals(method.input, read, sent), JSON.stringify(http)).toBe(true);
  });

  it('a value that an enum does not have is answered with its values', () => {
    expect(() => bind('POST', '/v1/projects/p/runs', { settings: { kind: 'RUN_KIND_X' } })).toThrow(
      /settings\.kind: "RUN_KIND_X" is not one of RUN_KIND_UNSPECIFIED, RUN_KIND_TRAIN, RUN_KIND_EVALUATE/,
    );
  });

  it('moves free-form JSON into the message, without a conversion of its values', () => {
    const topology = { ['__proto__']: { a: [null, { b: 1.5 }] }, layers: ['x'] };
    expect(bind('POST', '/v1/projects/p/models', { displayName: 'm', topology })).toMatchObject({
      projectId: 'p',
      displayName: 'm',
      topology: expect.toSatisfy((moved) => moved === topology) as object,
    });
    expect(bind('POST', '/v1/projects/p/models', { displayName: 'm', topology: null })).not.toHaveProperty(
      'topology',
    );
    for (const wrong of [7, 'x', [topology]])
      expect(violation(() => bind('POST', '/v1/projects/p/models', { topology: wrong }))).toBe('topology');
  });

  it('takes free-form JSON as deep as services read it, and refuses what is deeper', () => {
    const nested = (levels: number): JsonObject => {
      let inner: JsonObject = {};
      for (let level = 1; level < levels; level++) inner = { a: inner };
      return inner;
    };
    const deepest = bind('POST', '/v1/projects/p/models', { topology: nested(48) });
    expect(
      fromBinary(CreateModelRequestSchema, toBinary(CreateModelRequestSchema, deepest as CreateModelRequest)),
    ).toEqual(deepest);
    for (const levels of [49, 100_000])
      expect(violation(() => bind('POST', '/v1/projects/p/models', { topology: nested(levels) }))).toBe(
        'topology',
      );
  });

  it('reads query parameters by their types', () => {
    expect(
      bind('GET', '/v1/datasets/jobs?states=running&states=JOB_STATE_FAILED&page_size=7&pageToken=a%20b'),
    ).toMatchObject({ service: 'datasets', states: [2, 6], pageSize: 7, pageToken: 'a b' });
    expect(bind('GET', '/v1/projects/p/explorations?epoch=0')).toMatchObject({ epoch: 0 });
    expect(bind('GET', '/v1/dataset-versions/v/samples/validation/a%2F1')).toMatchObject({
      split: 2,
      sampleId: 'a/1',
    });
    expect(bind('PATCH', '/v1/projects/p?update_mask=display_name', { displayName: 'n' })).toMatchObject({
      project: { id: 'p', displayName: 'n' },
      updateMask: { paths: ['display_name'] },
    });
  });

  it.each<[string, string, JsonValue | undefined, string]>([
    ['GET', '/v1/projects?page_size=many', undefined, 'page_size'],
    ['GET', '/v1/projects?page_size=99999999999', undefined, 'page_size'],
    ['GET', '/v1/projects?page_size=1&page_size=2', undefined, 'page_size'],
    ['GET', '/v1/projects?colour=red', undefined, 'colour'],
    ['GET', '/v1/projects/p?project_id=q', undefined, 'project_id'],
    ['GET', '/v1/projects/p', {}, 'BODY_NOT_ALLOWED'],
    ['GET', '/v1/datasets/jobs?states=busy', undefined, 'states'],
    ['GET', '/v1/dataset-versions/v/samples/holdout/1', undefined, 'split'],
    ['POST', '/v1/projects', [], 'BODY_INVALID'],
    ['POST', '/v1/projects', { displayName: 7 }, 'display_name'],
    ['POST', '/v1/projects', { name: 'x' }, 'name'],
    ['POST', '/v1/projects?display_name=x', {}, 'display_name'],
    ['POST', '/v1/projects/p/runs', { settings: { epochs: 1.5 } }, 'settings.epochs'],
    ['POST', '/v1/projects/p/runs', { settings: { loss: { nam: 'x' } } }, 'settings.loss.nam'],
    ['POST', '/v1/projects/p/runs', { projectId: 'q' }, 'project_id'],
    [
      'POST',
      '/v1/activation-sets/a:findSimilar',
      { queries: [{ sampleId: '1' }, { split: 'SPLIT_NONE' }] },
      'queries[1].split',
    ],
    ['POST', '/v1/api-keys', { expireTime: 'tomorrow' }, 'expire_time'],
  ])('%s %s %j names the field', (verb, target, body, field) => {
    expect(violation(() => bind(verb, target, body))).toBe(field);
  });

  it('refuses to build a path from an empty field', () => {
    expect(
      violation(() =>
        encodeRequest(
          listRoutes(services.flatMap(({ methods }) => methods).find((m) => m.name === 'GetRun')!)[0]!,
          {},
        ),
      ),
    ).toBe('run_id');
  });
});
