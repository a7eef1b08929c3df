import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create, type DescMethod, toBinary, toJson } from '@bufbuild/protobuf';
import { type Role, findRoles } from '@noema/auth';
import { services } from '@noema/contracts';
import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { IntegrationService } from '@noema/contracts/noema/datasets/v1/integration_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import {
  CreateProjectRequestSchema,
  ProjectService,
} from '@noema/contracts/noema/workspace/v1/project_service';
import { createClient } from '@noema/grpc';
import { DomainError, uuidv7 } from '@noema/kernel';
import { listRoutes } from '@noema/rest';
import type { PlatformState } from '@noema/standalone';
import {
  probeRpcs,
  reachedAbove,
  reachedByTrespass,
  reachedWithout,
  requestWith,
  type ServedRpcs,
  waitFor,
} from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlobsPlatform, startBlobsPlatform } from '../src/blobs-platform.js';
import { hostileToolCalls, LIST_TOOLS, sendMessage } from '../src/break-in/agent-attacks.js';
import { AttackTable } from '../src/break-in/attack-table.js';
import { forgedTokens } from '../src/break-in/forged-tokens.js';
import { HOSTILE_SEGMENTS, hostileRequests, hostileStrings } from '../src/break-in/hostile-strings.js';
import { hostileZip } from '../src/break-in/hostile-zip.js';
import { framed, RawGrpc } from '../src/break-in/raw-grpc.js';
import { drip, sendRaw, statusesIn, summarize, UNTIL_CLOSED } from '../src/break-in/raw-http.js';
import { startTrap, type TrapServer } from '../src/break-in/trap-server.js';
import { oddRequests, PAGE_PATHS, smuggling } from '../src/break-in/wire-attacks.js';
import { COMPLETED, servedBy } from '../src/foreign-requests.js';
import { RestCaller } from '../src/rest-caller.js';

const table = new AttackTable();
const routes = services.flatMap((service) => service.methods.flatMap(listRoutes));
const ROLES: readonly Role[] = ['viewer', 'editor', 'admin', 'service'];
const MANY = 600_000;
/**
 * Fields whose text is opened, called or parsed: each meets every hostile text. Another is stored and printed;
 * it meets every third, in turn, since many of its requests start a job.
 */
const INTERPRETED = /uri|url|path|file|host|issuer|filter|order_by|page_token|reader|method/;

let platform: BlobsPlatform;
let trap: TrapServer;
let served: readonly ServedRpcs[];
let tokens: Readonly<Record<Role, string>>;
let strangerToken: string;
let privateKey: string;
let before: number;
let dripping: Promise<readonly [string, number | undefined][]>;

const memory = (field: 'VmRSS' | 'VmHWM'): number =>
  1024 *
  Number(
    new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${state().pid}/status`, 'utf8'))![1],
  );
const state = (): PlatformState =>
  JSON.parse(readFileSync(join(platform.directory, 'platform.json'), 'utf8')) as PlatformState;
const getAddress = (name: string): string => state().services.find((s) => s.name === name)!.address;
const signed = async (teamId: string, role: Role): Promise<string> =>
  (await platform.signer.sign({ teamId, subject: 'break-in', role }, 7200)).token;
const bearer = (role: Role): RestCaller => new RestCaller(platform.url, tokens[role]);
const none = (kind: string): void => {
  expect(table.passed(kind)).toEqual([]);
};

beforeAll(async () => {
  [platform, trap] = [await startBlobsPlatform(), await startTrap()];
  served = servedBy(state());
  tokens = Object.fromEntries(
    await Promise.all(ROLES.map(async (role) => [role, await signed(platform.teamId, role)] as const)),
  ) as Record<Role, string>;
  strangerToken = await signed(uuidv7(), 'admin');
  ({
    signingKey: { privateKey },
  } = JSON.parse(await readFile(join(platform.directory, 'secrets.json'), 'utf8')) as {
    signingKey: { privateKey: string };
  });
  before = memory('VmRSS');
  // They take their time, and so begin first.
  dripping = Promise.all(
    (
      [
        ['headers that never end', 'GET /v1/projects HTTP/1.1\r\nhost: x\r\nx: '],
        [
          'a body that never ends',
          `POST /v1/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ` +
            `${tokens.editor}\r\ncontent-type: application/json\r\ncontent-length: ` +
            `100000\r\n\r\n{"displayName":"`,
        ],
        [
          'chunks that never end',
          `POST /v1/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ` +
            `${tokens.editor}\r\ncontent-type: application/json\r\ntransfer-encoding: ` +
            `chunked\r\n\r\n1\r\n`,
        ],
        [
          'a body of a caller without a token',
          'POST /v1/projects HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ' +
            '100000\r\n\r\n{',
        ],
      ] as const
    ).map(
      async ([name, beginning]) =>
        [name, await drip(platform.url, beginning)] as [string, number | undefined],
    ),
  );
}, MANY);

afterAll(async () => {
  if (platform === undefined) return;
  console.log(`\nbreak-in, what was tried and what got through:\n${table.toString()}\n`);
  await platform.stop();
  await trap.close();
}, 120_000);

/** The path of a route with the owner's ids in it, one variable of which may be another. */
function toPath(
  route: (typeof routes)[number],
  replaced?: { readonly name: string; readonly by: string },
): string {
  return route.template.text.replaceAll(/\{([a-z_.]+)(?:=[^}]*)?\}/g, (_, name: string) =>
    name === replaced?.name
      ? replaced.by
      : (platform.ids[`${route.method.parent.name}.${name}`] ?? platform.ids[name] ?? uuidv7()),
  );
}

const makeBody = ({ method, verb }: (typeof routes)[number]): unknown =>
  verb === 'GET' || verb === 'DELETE'
    ? undefined
    : toJson(
        method.input,
        create(method.input, { ...COMPLETED[`${method.parent.typeName}/${method.name}`] }),
      );

/**
 * The parts of an answer that would be of use to an attacker: a file of the machine, a header of theirs, or a
 * fault that says that something gave way.
 */
function loot({
  status,
  text,
  headers,
}: {
  status: number;
  text: string;
  headers: Headers;
}): string | undefined {
  if (/root:.*:0:0:/.test(text) || text.includes('"workspaces"'))
    return `a file of the machine: ${text.slice(0, 100)}`;
  if (headers.has('x-injected')) return 'a header of the attacker';
  return status >= 500 && status !== 501 ? `${status}: ${text}` : undefined;
}

const isForbidden = (method: DescMethod, role: Role): boolean => {
  const roles = findRoles(method);
  return roles !== 'everybody' && roles?.includes(role) !== true;
};

describe('who calls', () => {
  it('no RPC and no route takes a token that is malformed, has ended, is forged or for something else', {
    timeout: MANY,
  }, async () => {
    const forged = await forgedTokens({ signer: platform.signer, privateKey, teamId: platform.teamId });
    const guarded = routes.filter(({ method }) => findRoles(method) !== 'everybody');
    const metBy = new Map<string, Set<string>>();
    for (const [t, [name, token]] of [...forged].entries()) {
      // One verifier serves all RPCs of a process. So each RPC and each route is tried without a token and with
      // every fifth forged one, in turn: each service meets all of them.
      const isTried = (n: number): boolean => token === undefined || (n + t) % 5 === 0;
      const [rpc, rest] = [`RPC with ${name}`, `route with ${name}`];
      const onCall = (called: string): void => {
        table.note(rpc, undefined);
        const service = /noema\.\w+/.exec(called)![0];
        metBy.set(service, (metBy.get(service) ?? new Set()).add(name));
      };
      for (const { rpc: called, outcome } of await reachedWithout(served, token, onCall, isTried))
        table.note(rpc, `${called}: ${outcome}`);
      const caller = new RestCaller(platform.url, token);
      await table.each(
        rest,
        guarded.filter((_, n) => isTried(n)),
        async (route) => {
          const { status } = await caller.call(route.verb, toPath(route), makeBody(route));
          return status === 401 ? undefined : `${route.verb} ${route.template.text} answers ${status}`;
        },
      );
    }
    expect([...metBy].filter(([, names]) => names.size < [...forged].length)).toEqual([]);
    expect(table.passed()).toEqual([]);
    expect(table.attempts).toBeGreaterThan(1500);
  });

  it('no RPC and no route takes a role that is too low, or a member where a service is asked', {
    timeout: MANY,
  }, async () => {
    for (const role of ROLES) {
      for (const { rpc, outcome } of await reachedAbove(served, role, tokens[role], () => {
        table.note('RPC above the role', undefined);
      }))
        table.note('RPC above the role', `${role} ${rpc}: ${outcome}`);
      await table.each(
        'route above the role',
        routes.filter(({ method }) => isForbidden(method, role)),
        async (route) => {
          const { status } = await bearer(role).call(route.verb, toPath(route), makeBody(route));
          return status === 403
            ? undefined
            : `${role} ${route.verb} ${route.template.text} answers ${status}`;
        },
      );
    }
    none('RPC above the role');
    none('route above the role');
  });
});

describe('RELIABILITY 28: what another team has', () => {
  it('is not found by its ids, through any RPC or route', { timeout: MANY }, async () => {
    const ids = Object.fromEntries(
      Object.entries(platform.ids).filter(
        ([name]) => name.endsWith('_id') || name === 'service' || name === 'uri',
      ),
    );
    const findings = await reachedByTrespass({
      served,
      token: strangerToken,
      ids,
      fill: COMPLETED,
      onCall: () => {
        table.note('RPC with ids of another team', undefined);
      },
    });
    for (const { rpc, outcome } of findings) table.note('RPC with ids of another team', `${rpc}: ${outcome}`);
    await table.each(
      'route with ids of another team',
      routes.filter(({ template }) => template.variables.length > 0),
      async (route) => {
        const takesUri = route.method.input.fields.some(({ name }) => name === 'uri')
          ? `?uri=${encodeURIComponent(platform.ids['uri']!)}`
          : '';
        const { status, body } = await platform.stranger.call(
          route.verb,
          toPath(route) + (route.verb === 'GET' ? takesUri : ''),
          makeBody(route),
        );
        const empty =
          status === 200 &&
          route.verb === 'GET' &&
          Object.values(body).every((v) => v === '' || (Array.isArray(v) && v.length === 0));
        return empty ||
          status === 404 ||
          status === 501 ||
          (route.verb !== 'GET' && takesUri !== '' && status === 400)
          ? undefined
          : `${route.verb} ${route.template.text} answers ${status} ${JSON.stringify(body)}`;
      },
    );
    none('RPC with ids of another team');
    none('route with ids of another team');
  });

  it('is not read from the store by addresses that are guessed or lead out', { timeout: MANY }, async () => {
    const uri = platform.ids['uri']!;
    const guesses = [
      uri,
      `${uri}/`,
      `./${uri}`,
      uri.toUpperCase(),
      uri.replace('/', '//'),
      encodeURIComponent(uri),
      `${uri}\0`,
      `${platform.teamId}/${platform.ids['project_id']}`,
      `${uuidv7()}/../${uri}`,
      `../${uri}`,
      `/${uri}`,
      `s3://noema/${uri}`,
      `file:///${uri}`,
      '../../../../etc/passwd',
      '/etc/passwd',
      'file:///etc/passwd',
      '..\\..\\secrets.json',
      `${uri}/../../../../secrets.json`,
      '../secrets.json',
      '../credentials.json',
      join(platform.directory, 'secrets.json'),
      trap.url,
      `${trap.url}?x=${uri}`,
      '',
      '.',
      '..',
      'x'.repeat(50_000),
    ];
    for (const [who, token, given] of [
      ['a stranger', strangerToken, guesses],
      ['the owner', tokens.admin, guesses.slice(1)],
    ] as const) {
      const client = createClient(ArtifactService, { address: getAddress('datasets'), token });
      await table.each('artifacts by guessed addresses', given, async (guess) => {
        const read = async (): Promise<string | undefined> => {
          for await (const _ of client.readArtifact({ service: 'datasets', uri: guess })) return 'bytes';
          return undefined;
        };
        const got =
          (await read().catch(failedBadly)) ??
          (await client
            .createArtifactDownload({ service: 'datasets', uri: guess })
            .then(({ url }) => `a download at ${url}`, failedBadly));
        return got === undefined ? undefined : `${who} gets ${got} for ${guess.slice(0, 200)}`;
      });
      client.close();
    }
    none('artifacts by guessed addresses');
  });
});

/** `undefined` for a refusal in words; else what gave way. */
function failedBadly(error: unknown): string | undefined {
  return error instanceof DomainError && !['internal', 'timeout', 'data-loss'].includes(error.kind)
    ? undefined
    : String(error);
}

describe('tools of agents', () => {
  it('take no token that has ended, is forged or for something else', async () => {
    const forged = await forgedTokens({ signer: platform.signer, privateKey, teamId: platform.teamId });
    await table.each('tools with forged tokens', [...forged], async ([name, token]) => {
      const { status } = await sendMessage(platform.url, token, LIST_TOOLS);
      return status === 401 ? undefined : `${name} is answered ${status}`;
    });
    none('tools with forged tokens');
  });

  it('lead nowhere and run nothing by any hostile argument', { timeout: MANY }, async () => {
    const sender = { url: platform.url, token: tokens.editor, trap: trap.url };
    const usual = { run: platform.ids['run_id'], row: 0, text: 'x', title: 'x', yaml: 'x', of: 'map' };
    const calls = await hostileToolCalls(sender, usual);
    expect(calls.length).toBeGreaterThan(300);
    await table.each('hostile arguments of tools', calls, async ({ tool, field, what, message }) => {
      const response = await sendMessage(platform.url, tokens.editor, message);
      const text = await response.text();
      const taken = loot({ status: response.status, text, headers: response.headers });
      const isInternal = text.includes('INTERNAL') ? text : undefined;
      const isLong =
        !text.includes('"image"') && text.length > 20_000 ? `${text.length} characters` : undefined;
      const passed = taken ?? isInternal ?? isLong;
      return passed === undefined ? undefined : `${tool}.${field} ${what}: ${passed}`;
    });
    none('hostile arguments of tools');
  });
});

describe('what is said', () => {
  it('in any part of any path leads nowhere, runs nowhere and comes back in no header', {
    timeout: MANY,
  }, async () => {
    const attempts = routes.flatMap((route) =>
      route.template.variables.flatMap(({ fieldPath }) =>
        Object.entries(HOSTILE_SEGMENTS).map(([what, by]) => ({ route, name: fieldPath, what, by })),
      ),
    );
    await table.each('hostile parts of paths', attempts, async ({ route, name, what, by }) => {
      const response = await bearer('admin').raw(route.verb, toPath(route, { name, by }), makeBody(route));
      const found = loot({ status: response.status, text: await response.text(), headers: response.headers });
      return found === undefined
        ? undefined
        : `${route.verb} ${route.template.text} with ${what} in ${name}: ${found}`;
    });
    none('hostile parts of paths');
  });

  it('in any text of any request is a text or refused, and nothing else', { timeout: MANY }, async () => {
    const once = services
      .map((service) => served.find((s) => s.service === service))
      .filter((s) => s !== undefined);
    // Requests that would remove resources of other tests are tried with unknown ids.
    const takesAway = (method: DescMethod): boolean => /^(Delete|Revoke|Remove|Cancel)/.test(method.name);
    const requests = function* (method: DescMethod): Generator<{ what: string; request: object }> {
      const given = takesAway(method)
        ? {}
        : requestWith(method, { ...platform.ids, team_id: platform.teamId }, COMPLETED);
      for (const [t, [what, hostile]] of Object.entries(hostileStrings(trap.url)).entries()) {
        let n = t;
        for (const { field, request } of hostileRequests(method.input, given, hostile))
          if (field === 'request_id' ? what === 'SQL' : INTERPRETED.test(field) || n++ % 3 === 0)
            yield { what: `with ${what} in ${field}`, request };
      }
    };
    const findings = await probeRpcs(once, tokens.admin, requests, (outcome, rpc, what) => {
      const text = JSON.stringify(outcome, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)) ?? '';
      const wrong =
        outcome instanceof Error
          ? failedBadly(outcome)
          : /root:.*:0:0:/.test(text)
            ? 'a file of the machine'
            : undefined;
      table.note('hostile texts in requests', wrong === undefined ? undefined : `${rpc} ${what}: ${wrong}`);
      return wrong;
    });
    expect(findings).toEqual([]);
    expect((await platform.owner.get(`/v1/projects/${platform.ids['project_id']}`)).status).toBe(200);
    expect((await platform.stranger.get('/v1/projects')).body['projects']).toEqual([]);
  });

  it('in headers changes nothing and causes no call', { timeout: MANY }, async () => {
    const { host } = new URL(trap.url);
    const hostile: Record<string, string>[] = [
      { host },
      { 'x-forwarded-host': host },
      { forwarded: `host=${host};proto=http` },
      { 'x-original-url': '/v1/teams' },
      { 'x-rewrite-url': '/v1/teams' },
      { 'x-http-method-override': 'DELETE' },
      { origin: trap.url, referer: trap.url },
      { 'x-request-id': 'x\tinjected' },
      { 'x-request-id': '../../x' },
      { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` },
      { traceparent: "00-'; DROP TABLE x; --" },
      { 'last-event-id': '-1; DROP' },
      { 'x-timeout-ms': '1e99' },
      { 'x-team-id': platform.teamId, 'x-noema-team': platform.teamId },
      { range: `bytes=${Array.from({ length: 500 }, (_, n) => `${n}-`).join(',')}` },
      { 'if-none-match': '"'.repeat(5000) },
      { 'accept-encoding': 'gzip;q=x,'.repeat(500) },
    ];
    await table.each('hostile headers', hostile, async (headers) => {
      const lines = Object.entries({ host: 'x', ...headers })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('');
      const request =
        `GET /v1/projects HTTP/1.1\r\n${lines}authorization: Bearer ${strangerToken}\r\nconnection: ` +
        `close\r\n\r\n`;
      const { text } = await sendRaw(platform.url, [request], UNTIL_CLOSED);
      const [status = 0] = statusesIn(text);
      if (status >= 500 || status === 0 || text.includes(host))
        return `${JSON.stringify(headers)}: ${summarize(text)}`;
      return text.includes(platform.ids['project_id']!)
        ? `${JSON.stringify(headers)}: the owner's project`
        : undefined;
    });
    none('hostile headers');
  });
});

describe('how it is said', () => {
  it('paths of the page lead to no other file', async () => {
    await table.each('paths out of the page', PAGE_PATHS, async (path) => {
      const request = `GET ${path} HTTP/1.1\r\nhost: x\r\naccept: text/html\r\nconnection: close\r\n\r\n`;
      const { text } = await sendRaw(platform.url, [request], UNTIL_CLOSED);
      return /root:.*:0:0:|"workspaces"|\[core\]|NOEMA_/.test(text.replace('NOEMA_PAGE_DIR', '')) ||
        (statusesIn(text)[0] ?? 500) >= 500
        ? `${path}: ${summarize(text)}`
        : undefined;
    });
    none('paths out of the page');
  });

  it('no request is smuggled in another, and what is no HTTP is refused', { timeout: MANY }, async () => {
    const hidden = `GET /v1/self HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokens.admin}\r\n\r\n`;
    await table.each('smuggled requests', smuggling(hidden), async ({ name, bytes }) => {
      const { text } = await sendRaw(platform.url, [bytes]);
      return statusesIn(text).some((status) => status < 400) ? `${name}: ${summarize(text)}` : undefined;
    });
    await table.each('broken HTTP', oddRequests(trap.url), async ({ name, bytes }) => {
      const { text } = await sendRaw(platform.url, [bytes]);
      return statusesIn(text).some((status) => status < 400 || status >= 500)
        ? `${name}: ${summarize(text)}`
        : undefined;
    });
    none('smuggled requests');
    none('broken HTTP');
  });

  it('bodies that are too large, packed, too deep or lie about themselves are refused', {
    timeout: MANY,
  }, async () => {
    const to = async (
      path: string,
      body: Buffer | string,
      headers: Record<string, string> = {},
    ): Promise<{ status: number; text: string; headers: Headers }> => {
      const response = await fetch(platform.url + path, {
        method: 'POST',
        body: body as BodyInit,
        headers: { authorization: `Bearer ${tokens.editor}`, 'content-type': 'application/json', ...headers },
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
    const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const models = `/v1/projects/${platform.ids['project_id']}/models`;
    const bodies: Record<string, () => Promise<{ status: number; text: string; headers: Headers }>> = {
      'a packed bomb': () =>
        to('/v1/projects', gzipSync(Buffer.alloc(200 * 2 ** 20)), { 'content-encoding': 'gzip' }),
      'brackets a million deep': () => to('/v1/projects', '['.repeat(1_000_000)),
      'objects a million deep': () => to('/v1/projects', nested(1_000_000)),
      'a model 100,000 deep': () => to(models, `{"displayName":"x","topology":${nested(100_000)}}`),
      'a model a thousand deep': () => to(models, `{"displayName":"x","topology":${nested(1_000)}}`),
      'a model of 500,000 members': () =>
        to(
          models,
          `{"displayName":"x","topology":{${Array.from({ length: 500_000 }, (_, n) => `"k${n}":1`).join(',')}}}`,
        ),
      'a number of a million digits': () => to(models, `{"displayName":"x","seed":${'9'.repeat(1_000_000)}}`),
      'a prototype': () =>
        to('/v1/projects', '{"__proto__":{"displayName":"x"},"constructor":{"prototype":{"role":"admin"}}}'),
      'a text that is no UTF-8': () =>
        to('/v1/projects', Buffer.from([0x7b, 0x22, 0xc0, 0xae, 0x22, 0x3a, 0x31, 0x7d])),
      'a form': () =>
        to('/v1/projects', 'displayName=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      'XML with an entity': () =>
        to('/v1/projects', '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>', {
          'content-type': 'application/xml',
        }),
    };
    await table.each(
      'hostile bodies',
      Object.entries(bodies),
      async ([name, send]) => {
        const answer = await send();
        return loot(answer) !== undefined || answer.status < 400
          ? `${name}: ${answer.status} ${answer.text.slice(0, 300)}`
          : undefined;
      },
      2,
    );
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const head =
      `POST /v1/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokens.editor}\r\ncontent-type: ` +
      `application/json\r\n`;
    await table.each(
      'hostile bodies',
      [
        [`${head}transfer-encoding: chunked\r\n\r\n`, ...Array.from({ length: 400 }, () => chunk)],
        [`${head}content-length: 999999999999\r\n\r\n{`],
        [`${head}content-length: 99999999999999999999999\r\n\r\n{`],
        [`${head}content-length: 2\r\n\r\n{"displayName":"x"}`],
      ],
      async (pieces) => {
        const { text } = await sendRaw(platform.url, pieces);
        return statusesIn(text).some((status) => status < 400)
          ? `${pieces[0]!.slice(0, 200)}: ${summarize(text)}`
          : undefined;
      },
      2,
    );
    none('hostile bodies');
  });

  it('questions that would take for ever are refused or answered at once', { timeout: MANY }, async () => {
    const [samples, runs, models] = [
      [SampleService, 'datasets'],
      [RunService, 'training'],
      [ModelService, 'training'],
    ].map(([service, name]) =>
      createClient(service as typeof SampleService, {
        address: getAddress(name as string),
        token: tokens.viewer,
      }),
    ) as unknown as [
      ReturnType<typeof createClient<typeof SampleService>>,
      ReturnType<typeof createClient<typeof RunService>>,
      ReturnType<typeof createClient<typeof ModelService>>,
    ];
    const { dataset_version_id: datasetVersionId, project_id: projectId } = platform.ids;
    const questions: Record<string, (filter: string, orderBy?: string) => Promise<unknown>> = {
      samples: (filter, orderBy = '') =>
        samples.listSamples({ datasetVersionId: datasetVersionId!, filter, orderBy }),
      runs: (filter, orderBy = '') => runs.listRuns({ projectId: projectId!, filter, orderBy }),
      models: (filter, orderBy = '') => models.listModels({ projectId: projectId!, filter, orderBy }),
    };
    const filters = [
      '('.repeat(100_000),
      `${'('.repeat(60)}display_name = "x"${')'.repeat(60)}`,
      `${'NOT '.repeat(100_000)}display_name = "x"`,
      Array.from({ length: 50_000 }, (_, n) => `display_name = "${n}"`).join(' OR '),
      Array.from({ length: 50_000 }, () => 'display_name = "x"').join(' '),
      `display_name = "${'\\'.repeat(200_001)}"`,
      `display_name : "${'(a+)+'.repeat(5_000)}$"`,
      `display_name = "${'%_'.repeat(50_000)}"`,
      `${'a.'.repeat(50_000)}b = 1`,
      `display_name = "${'x'.repeat(1_000_000)}"`,
      `metadata.${'x'.repeat(100_000)} = 1`,
      '"'.repeat(99_999),
      `create_time > "${'9'.repeat(100_000)}"`,
    ];
    const asked = Object.entries(questions).flatMap(([name, ask]) => [
      ...filters.map((filter) => ({ name, what: filter, ask: () => ask(filter) })),
      ...[
        'display_name desc, '.repeat(20_000),
        '1; DROP TABLE run',
        '(SELECT pg_sleep(60))',
        'x'.repeat(100_000),
      ].map((order) => ({ name, what: order, ask: () => ask('', order) })),
    ]);
    const sizes = [-1, 1001, 2 ** 31 - 1].map((pageSize) => ({
      name: 'runs',
      what: `page size ${pageSize}`,
      ask: () => runs.listRuns({ projectId: projectId!, pageSize }),
    }));
    await table.each(
      'questions that take for ever',
      [...asked, ...sizes],
      async ({ name, what, ask }) => {
        const begun = performance.now();
        const wrong = await ask().then(() => undefined, failedBadly);
        const seconds = (performance.now() - begun) / 1000;
        return wrong !== undefined || seconds > 25
          ? `${name} ${what.slice(0, 60)} took ${seconds.toFixed(1)} s: ${wrong}`
          : undefined;
      },
      1,
    );
    for (const client of [samples, runs, models]) client.close();
    none('questions that take for ever');
  });

  it('gRPC that is abused goes on for others', { timeout: MANY }, async () => {
    const path = '/noema.workspace.v1.ProjectService/CreateProject';
    const authorization = `Bearer ${tokens.editor}`;
    // grpc-js itself answers 13 to what it cannot decode.
    const refused = (status: string): boolean => status !== '0';
    const depth = 50_000;
    const deep = Buffer.concat([
      ...Array.from({ length: depth }, (_, n) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(depth - n);
        return Buffer.from([0x0a, 0x80 | (length[0]! & 0x7f), 0x80, 0x80, 0x01]);
      }),
    ]);
    const good = Buffer.from(
      toBinary(CreateProjectRequestSchema, create(CreateProjectRequestSchema, { displayName: 'x' })),
    );
    const sends: Record<string, (raw: RawGrpc) => Promise<string>> = {
      'a packed bomb without a token': (raw) =>
        raw.send(path, framed(gzipSync(Buffer.alloc(512 * 2 ** 20)), { packed: true }), {
          'grpc-encoding': 'gzip',
        }),
      'a packed bomb': (raw) =>
        raw.send(path, framed(gzipSync(Buffer.alloc(512 * 2 ** 20)), { packed: true }), {
          'grpc-encoding': 'gzip',
          authorization,
        }),
      'a length of 4 GiB': (raw) => raw.send(path, framed(good, { length: 2 ** 32 - 1 }), { authorization }),
      'a length that is never reached': (raw) =>
        raw.send(path, framed(good, { length: good.length + 100 }), { authorization }),
      'no message': (raw) => raw.send(path, Buffer.alloc(0), { authorization }),
      'two messages': (raw) => raw.send(path, Buffer.concat([framed(good), framed(good)]), { authorization }),
      noise: (raw) => raw.send(path, framed(randomBytes(1_000)), { authorization }),
      'messages in messages': (raw) =>
        raw.send('/noema.training.v1.ModelService/CreateModel', framed(deep), { authorization }),
      'an unknown encoding': (raw) =>
        raw.send(path, framed(good, { packed: true }), { 'grpc-encoding': 'evil', authorization }),
      'metadata of a megabyte': (raw) =>
        raw.send(path, framed(good), { authorization, x: 'y'.repeat(1_000_000) }),
      'a thousand headers': (raw) =>
        raw.send(path, framed(good), {
          authorization,
          ...Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`x-${n}`, 'y'.repeat(100)])),
        }),
      'a path that leads out': (raw) =>
        raw.send('/noema.workspace.v1.ProjectService/../../etc', framed(good), { authorization }),
      'an invalid method': (raw) => raw.send('/__proto__/constructor', framed(good), { authorization }),
    };
    const raws = (): RawGrpc => new RawGrpc(getAddress('workspace'));
    await table.each(
      'hostile gRPC',
      Object.entries(sends),
      async ([name, send]) => {
        const raw = name === 'messages in messages' ? new RawGrpc(getAddress('training')) : raws();
        const status = await send(raw);
        raw.close();
        return refused(status) ? undefined : `${name}: grpc-status ${status}`;
      },
      1,
    );
    const [many, rapid] = [raws(), raws()];
    for (let n = 0; n < 5_000; n++) many.open(path, { authorization });
    await rapid.resetRapidly(path, 20_000);
    const client = createClient(ProjectService, {
      address: getAddress('workspace'),
      token: tokens.viewer,
      timeoutMs: 20_000,
    });
    table.note(
      'hostile gRPC',
      await client.listProjects({}).then(
        () => undefined,
        (error: unknown) => `5,000 streams and 20,000 resets: ${String(error)}`,
      ),
    );
    for (const connection of [many, rapid, client]) connection.close();
    none('hostile gRPC');
  });

  it('archives that burst or lead out are refused', { timeout: MANY }, async () => {
    const client = createClient(IntegrationService, {
      address: getAddress('datasets'),
      token: tokens.editor,
      timeoutMs: MANY,
    });
    const code = Buffer.from('export const integration = 1;');
    const index = { name: 'index.mjs', content: code };
    const zeros = (mebibytes: number): Buffer => Buffer.alloc(mebibytes * 2 ** 20);
    const bundles: Record<string, () => Buffer> = {
      zeros: () => hostileZip([index, { name: 'a', content: zeros(63) }]),
      'zeros that say they are few': () => hostileZip([index, { name: 'a', content: zeros(256), told: 10 }]),
      'many files of the same bytes': () =>
        hostileZip(
          [
            { name: 'a0', content: zeros(32) },
            ...Array.from({ length: 200 }, (_, n) => ({ name: `a${n + 1}`, content: zeros(1) })),
          ],
          { overlap: true },
        ),
      'a hundred thousand files': () =>
        hostileZip([
          index,
          ...Array.from({ length: 60_000 }, (_, n) => ({ name: `f${n}`, content: Buffer.alloc(0) })),
        ]),
      'a gzip of zeros': () => gzipSync(zeros(512)),
      'gzip in gzip': () => gzipSync(gzipSync(zeros(512))),
      'a link': () => hostileZip([index, { name: 'l', content: Buffer.from('/etc/passwd'), mode: 0o120777 }]),
      'a device': () => hostileZip([index, { name: 'd', content: Buffer.alloc(0), mode: 0o020666 }]),
      ...Object.fromEntries(
        [
          '../../x.mjs',
          '/etc/cron.d/x',
          'a/../../x',
          '..\\x',
          'C:\\x',
          'x\0.mjs',
          './x',
          'a//b',
          'x\r\ny',
          `${'d/'.repeat(100)}x`,
          'n'.repeat(5_000),
        ].map((name) => [
          `the name ${JSON.stringify(name.slice(0, 30))}`,
          () => hostileZip([index, { name, content: code }]),
        ]),
      ),
    };
    await table.each(
      'hostile archives',
      Object.entries(bundles),
      async ([name, make]) => {
        const outcome = await client
          .uploadBundle({ projectId: platform.ids['project_id']!, content: make() })
          .catch((error: unknown) => error);
        return outcome instanceof DomainError && outcome.kind === 'invalid'
          ? undefined
          : `${name}: ${String(outcome)}`;
      },
      1,
    );
    client.close();
    none('hostile archives');
  });
});

describe('sessions', () => {
  it('are not made, changed or used from another site', { timeout: MANY }, async () => {
    const { api_key: apiKey } = JSON.parse(
      readFileSync(join(platform.directory, 'credentials.json'), 'utf8'),
    ) as { api_key: string };
    const signedIn = await fetch(`${platform.url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiKey }),
    });
    const [name, cookie] = signedIn.headers.get('set-cookie')!.split(';')[0]!.split('=') as [string, string];
    const get = async (value: string): Promise<number> =>
      (await fetch(`${platform.url}/v1/projects`, { headers: { cookie: `${name}=${value}` } })).status;
    expect(await get(cookie)).toBe(200);
    const other = (char: string): string => (char === 'A' ? 'B' : 'A');
    const forgeries = [
      ...Array.from(
        { length: cookie.length - 1 },
        (_, n) => cookie.slice(0, n) + other(cookie[n]!) + cookie.slice(n + 1),
      ),
      ...[1, 8, 20, cookie.length / 2].map((n) => cookie.slice(0, -n)),
      cookie.slice(4),
      cookie + cookie,
      '',
      '=',
      'null',
      apiKey,
      tokens.admin,
      Buffer.from(JSON.stringify([Math.floor(Date.now() / 1000), apiKey])).toString('base64url'),
      randomBytes(200).toString('base64url'),
    ];
    await table.each('forged sessions', forgeries, async (value) => {
      const status = await get(value);
      return status === 401 ? undefined : `${value.slice(0, 60)}: ${status}`;
    });
    const { host } = new URL(platform.url);
    const sites: Record<string, string>[] = [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'SAME-ORIGIN' },
      { origin: 'null' },
      { origin: trap.url },
      { origin: `https://${host}.evil.example` },
      { origin: `http://evil.example/${host}` },
      { origin: `http://${host}@evil.example` },
      { origin: `http://${host.replace(/\d+$/, '1')}` },
      { referer: platform.url },
      { origin: platform.url, 'sec-fetch-site': 'cross-site' },
      { 'content-type': 'text/plain' },
      { 'x-requested-with': 'XMLHttpRequest' },
    ];
    const changes = [
      ['POST', '/v1/projects', '{"displayName":"csrf"}'],
      [
        'PATCH',
        `/v1/projects/${platform.ids['project_id']}?update_mask=display_name`,
        '{"displayName":"csrf"}',
      ],
      ['DELETE', `/v1/projects/${platform.ids['project_id']}`, undefined],
    ] as const;
    await table.each(
      'requests of other sites',
      sites.flatMap((headers) => changes.map((change) => ({ headers, change }))),
      async ({ headers, change: [method, path, body] }) => {
        const { status } = await fetch(platform.url + path, {
          method,
          headers: { 'content-type': 'application/json', cookie: `${name}=${cookie}`, ...headers },
          ...(body !== undefined && { body }),
        });
        return status === 403 ? undefined : `${method} ${path} ${JSON.stringify(headers)}: ${status}`;
      },
    );
    none('forged sessions');
    none('requests of other sites');
    expect(await get(cookie)).toBe(200);
    expect(
      (
        await fetch(`${platform.url}/v1/session`, {
          method: 'DELETE',
          headers: { cookie: `${name}=${cookie}` },
        })
      ).status,
    ).toBe(200);
    expect(await get(cookie)).toBe(401); // whoever has kept it
  });
});

describe('in the end', () => {
  it('whoever is slow was let go', { timeout: MANY }, async () => {
    for (const [name, seconds] of await dripping)
      table.note('slow requests', seconds === undefined ? `${name} is waited for still` : undefined);
    none('slow requests');
  });

  it('the platform called no address of the attacker', () => {
    table.note('calls to an address of the attacker', trap.hits() === 0 ? undefined : `${trap.hits()} calls`);
    none('calls to an address of the attacker');
  });

  it('it lives, nothing was restarted, and its memory is bounded', { timeout: MANY }, async () => {
    const { services: running, workers } = state();
    expect([...running, ...workers].filter((p) => p.restarts > 0 || p.state !== 'running')).toEqual([]);
    expect((await fetch(`${platform.url}/readyz`)).status).toBe(200);
    expect((await platform.owner.get(`/v1/projects/${platform.ids['project_id']}/runs`)).status).toBe(200);
    await waitFor(() => memory('VmRSS') < before + 512 * 2 ** 20, {
      intervalMs: 500,
      what: `memory below ${((before + 512 * 2 ** 20) / 2 ** 20).toFixed(0)} MiB`,
    });
    console.log(
      `memory of the platform's process: ${(before / 2 ** 20).toFixed(0)} MiB before, ` +
        `${(memory('VmRSS') / 2 ** 20).toFixed(0)} MiB after, at most ` +
        `${(memory('VmHWM') / 2 ** 20).toFixed(0)} MiB`,
    );
    expect(memory('VmHWM')).toBeLessThan(before + 2 ** 30);
    expect(table.passed()).toEqual([]);
  });
});
