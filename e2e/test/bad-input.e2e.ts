import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create, getOption, toJson } from '@bufbuild/protobuf';
import { generateSigningKey, TokenSigner } from '@noema/auth';
import { services } from '@noema/contracts';
import { field_behavior, FieldBehavior } from '@noema/contracts/google/api/field_behavior';
import { comments } from '@noema/contracts/noema/comments';
import { Access, access } from '@noema/contracts/noema/type/v1/access';
import { listRoutes } from '@noema/rest';
import { untilEnded } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlobsPlatform, jobEnded, startBlobsPlatform } from '../src/blobs-platform.js';
import { blobsModel } from '../src/fixtures/blobs.model.js';
import { ODD_IDS } from '../src/fixtures/odd-ids.integration.js';
import { COMPLETED } from '../src/foreign-requests.js';
import { RestCaller } from '../src/rest-caller.js';

let platform: BlobsPlatform;
beforeAll(async () => {
  platform = await startBlobsPlatform();
}, 300_000);
afterAll(async () => {
  await platform?.stop();
});

const of = (noun: string): string => `/v1/projects/${platform.ids['project_id']}/${noun}`;
const routes = services.flatMap((service) => service.methods.flatMap(listRoutes));
const withId = routes.filter(({ template }) => template.variables.length > 0);

const takesUri = ({ method }: (typeof routes)[number]): boolean =>
  method.input.fields.some((field) => field.name === 'uri');

/** The path of a route with the owner's ids in it. */
function toPath(route: (typeof routes)[number]): string {
  const path = route.template.text.replaceAll(
    /\{([a-z_.]+)(?:=[^}]*)?\}/g,
    (_, name: string) =>
      platform.ids[`${route.method.parent.name}.${name}`] ??
      platform.ids[name] ??
      '0190b5a0-0000-7000-8000-000000000000',
  );
  return route.verb === 'GET' && takesUri(route) ? `${path}?uri=${platform.ids['uri']}` : path;
}

describe('who may call', () => {
  it.each(
    routes
      .filter((r) => r.verb === 'GET' && getOption(r.method, access) !== Access.PUBLIC)
      .map((r) => [r.template.text, r] as const),
  )('GET %s without a token answers 401', async (_text, route) => {
    expect((await new RestCaller(platform.url, undefined).get(toPath(route))).status).toBe(401);
  });

  it('a forged and an expired token answer 401', async () => {
    const who = { teamId: platform.teamId, subject: 'x', role: 'admin' } as const;
    const forger = new TokenSigner({ privateKey: (await generateSigningKey()).privateKey });
    for (const { token } of [await forger.sign(who), await platform.signer.sign(who, -60)]) {
      expect((await new RestCaller(platform.url, token).get('/v1/projects')).status).toBe(401);
    }
    expect(
      (
        await new RestCaller(
          platform.url,
          'noema_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        ).get('/v1/projects')
      ).status,
    ).toBe(401);
  });

  it('a viewer may look and not change', async () => {
    const { token } = await platform.signer.sign({ teamId: platform.teamId, subject: 'v', role: 'viewer' });
    const viewer = new RestCaller(platform.url, token);
    expect((await viewer.get('/v1/projects')).status).toBe(200);
    expect((await viewer.post('/v1/projects', { displayName: 'x' })).status).toBe(403);
  });
});

describe('RELIABILITY 28: for another team nothing of it exists', () => {
  it('covers every route with an id', () => {
    expect(withId.length).toBeGreaterThan(50);
  });

  it.each(withId.map((r) => [`${r.verb} ${r.template.text}`, r] as const))('%s', async (_text, route) => {
    const { method } = route;
    const rpc = `${method.parent.typeName}/${method.name}`;
    const request = toJson(
      method.input,
      create(method.input, { ...COMPLETED[rpc], ...(takesUri(route) && { uri: platform.ids['uri'] }) }),
    );
    const { status, body } = await platform.stranger.call(
      route.verb,
      toPath(route),
      route.verb === 'GET' || route.verb === 'DELETE' ? undefined : request,
    );
    // Lists below an id of another team may be empty; a list without an id in it is the stranger's own.
    if (status === 200 && route.verb === 'GET')
      expect(Object.values(body).filter((v) => v !== '' && !(Array.isArray(v) && v.length === 0))).toEqual(
        [],
      );
    else expect(status, JSON.stringify(body)).toBe(404);
  });

  it.each(
    withId
      .filter((r) => r.verb === 'GET' && !r.template.text.endsWith(':watch'))
      .map((r) => [r.template.text, r] as const),
  )('while its owner sees GET %s', async (_text, route) => {
    const unknown = route.template.variables.some(({ fieldPath }) => !(fieldPath in platform.ids));
    const { status, body } = await platform.owner.get(toPath(route));
    // A machine may lack Python for integrations; its owner gets the reason.
    if (body['reason'] === 'INTEGRATION_RUNTIME_UNAVAILABLE') return;
    expect(status, JSON.stringify(body)).toBe(unknown ? 404 : 200);
  });
});

describe('what a request must give', () => {
  const required = routes.flatMap((route) => {
    const { method } = route;
    const asked = getOption(method, access);
    if (route.body !== '*' || asked === Access.SERVICE || asked === Access.PUBLIC) return [];
    const bound = new Set(route.template.variables.map(({ fieldPath }) => fieldPath));
    const fields = method.input.fields.filter(
      (field) => getOption(field, field_behavior).includes(FieldBehavior.REQUIRED) && !bound.has(field.name),
    );
    return fields.map((field) => [`${method.name} without ${field.name}`, { route, field, fields }] as const);
  });

  it('covers what programs make', () => {
    expect(required.length).toBeGreaterThan(25);
  });

  it.each(required)('%s is refused', async (_title, { route, field, fields }) => {
    const { method } = route;
    const given = Object.fromEntries(
      fields.flatMap(({ name, jsonName }) =>
        platform.ids[name] === undefined ? [] : [[jsonName, platform.ids[name]]],
      ),
    );
    const request = toJson(
      method.input,
      create(method.input, { ...COMPLETED[`${method.parent.typeName}/${method.name}`] }),
    ) as Record<string, unknown>;
    const { [field.jsonName]: _left, ...others } = { ...given, ...request };
    const { status, body } = await platform.owner.call(route.verb, toPath(route), others);
    expect({ status, reason: body['reason'] }).toEqual({
      status: expect.toSatisfy((code: number) => code >= 400 && code < 500),
      reason: expect.any(String),
    });
  });
});

describe('pages', () => {
  it('a page token of another query is refused', async () => {
    const samples = `/v1/dataset-versions/${platform.ids['dataset_version_id']}/samples`;
    const first = await platform.owner.get(`${samples}?page_size=10`);
    const token = encodeURIComponent(first.body['nextPageToken'] as string);
    expect((await platform.owner.get(`${samples}?page_size=10&page_token=${token}`)).status).toBe(200);
    const other = await platform.owner.get(
      `${samples}?page_size=10&page_token=${token}&filter=${encodeURIComponent('split = "validation"')}`,
    );
    expect(other).toMatchObject({ status: 400, body: { reason: 'PAGE_TOKEN_INVALID' } });
    expect(await platform.owner.get(`${samples}?page_token=nonsense`)).toMatchObject({
      status: 400,
      body: { reason: 'PAGE_TOKEN_INVALID' },
    });
  });
});

describe('filters', () => {
  const filtered = routes.flatMap((route) => {
    const comment = comments[`${route.method.input.typeName}.filter`] ?? '';
    const quoted = [...comment.split('Comparisons =')[0]!.matchAll(/`([^`]+)`/g)]
      .map(([, text]) => text!)
      .filter((text) => !text.startsWith('='));
    const isCondition = (text: string): boolean => /[ :]/.test(text);
    return quoted.some(isCondition)
      ? [
          {
            route,
            fields: new Set(quoted.filter((text) => !isCondition(text))),
            examples: quoted.filter(isCondition),
          },
        ]
      : [];
  });
  const ask = (route: (typeof routes)[number], filter: string) =>
    route.verb === 'GET'
      ? platform.owner.get(`${toPath(route)}?filter=${encodeURIComponent(filter)}`)
      : platform.owner.post(toPath(route), {
          queries: [{ split: 'SPLIT_VALIDATION', sampleId: 's480' }],
          filter,
        });

  it('every request with a filter shows an example, but that of slices, which names another', () => {
    const with_ = services
      .flatMap(({ methods }) => methods)
      .filter(({ input }) => input.fields.some(({ name }) => name === 'filter'))
      .map(({ input }) => input.name);
    expect(with_.filter((name) => !filtered.some(({ route }) => route.method.input.name === name))).toEqual([
      'CreateSliceRequest',
    ]);
  });

  it.each(
    filtered.flatMap(({ route, examples }) =>
      examples.map((example) => [`${route.method.name}: ${example}`, route, example] as const),
    ),
  )('%s is a condition that works', async (_title, route, example) => {
    expect(await ask(route, example)).toMatchObject({ status: 200 });
  });

  it.each(filtered.map(({ route, fields }) => [route.method.name, route, fields] as const))(
    '%s knows the fields that its comment names',
    async (_name, route, fields) => {
      const { status, body } = await ask(route, 'no_such_field = 1');
      expect({ status, reason: body['reason'] }).toEqual({ status: 400, reason: 'FILTER_INVALID' });
      const known = /known: (.+)/
        .exec(String(body['detail']).split('\n')[0]!)![1]!
        .split(', ')
        .map((name) => name.replace(/^metadata\..+/, 'metadata.<name>'));
      // The integration of these data declares no metrics.
      const declared = new Set([...fields].filter((name) => name !== 'metrics.<name>'));
      expect(new Set(known.filter((name) => fields.has(name) || !['shard'].includes(name)))).toEqual(
        declared,
      );
    },
  );

  it('takes enums by JSON names and by short ones, and refuses others with those there are', async () => {
    const count = async (filter: string): Promise<number> =>
      (
        (await platform.owner.get(`${of('explorations')}?filter=${encodeURIComponent(filter)}`)).body[
          'explorations'
        ] as unknown[] | undefined
      )?.length ?? 0;
    const all = await count('');
    expect(all).toBeGreaterThan(0);
    for (const state of ['"JOB_STATE_SUCCEEDED"', 'JOB_STATE_SUCCEEDED', '"succeeded"', 'succeeded'])
      expect(await count(`state = ${state}`), state).toBe(all);
    expect([
      await count('state != JOB_STATE_SUCCEEDED'),
      await count('create_time = null'),
      await count('create_time != null'),
    ]).toEqual([0, 0, all]);
    const refused = await platform.owner.get(
      `${of('explorations')}?filter=${encodeURIComponent('state = "ready"')}`,
    );
    expect(refused).toMatchObject({
      status: 400,
      body: { reason: 'FILTER_INVALID', detail: expect.stringContaining('JOB_STATE_SUCCEEDED') as string },
    });
  });

  it('refuses more conditions than every row may be asked', async () => {
    const filter = Array.from({ length: 101 }, (_, i) => `row=${i}`).join(' OR ');
    for (const path of [
      `/v1/runs/${platform.ids['run_id']}/epochs/2/evaluations`,
      `/v1/dataset-versions/${platform.ids['dataset_version_id']}/samples`,
    ]) {
      expect(await platform.owner.get(`${path}?filter=${encodeURIComponent(filter)}`)).toMatchObject({
        status: 400,
        body: { reason: 'FILTER_TOO_MANY_CONDITIONS' },
      });
    }
  });
});

describe('requests', () => {
  it('a request of 200 MB is refused with 413', async () => {
    const { status } = await platform.owner
      .call('POST', '/v1/projects', `{"displayName": "${'x'.repeat(200 * 1024 * 1024)}"}`)
      .catch(() => ({ status: 413 }));
    expect(status).toBe(413);
    expect((await platform.owner.get('/v1/projects')).status).toBe(200);
  });

  it('a request id used twice gives the first result, with another body it is refused', async () => {
    const make = (displayName: string) =>
      platform.owner.post('/v1/projects', { displayName, requestId: 'twice' });
    const [first, second] = [await make('twice'), await make('twice')];
    expect((second.body['project'] as { id: string }).id).toBe((first.body['project'] as { id: string }).id);
    expect(await make('other')).toMatchObject({ status: 409, body: { reason: 'REQUEST_ID_REUSED' } });
  });

  it('a request id or a text that cannot be stored is refused', async () => {
    expect(
      await platform.owner.post('/v1/projects', { displayName: 'x', requestId: 'r'.repeat(9000) }),
    ).toMatchObject({ status: 400, body: { reason: 'REQUEST_ID_INVALID' } });
    expect(await platform.owner.post('/v1/projects', { displayName: 'x', requestId: '\0' })).toMatchObject({
      status: 400,
      body: { reason: 'FIELD_INVALID' },
    });
  });

  it.each([
    ['1=1; DROP TABLE sample; --'],
    [`sample_id = "x' OR '1'='1" OR 1=1`],
    ['read_text("/etc/passwd") = "x"'],
    ['('.repeat(500)],
  ])('a filter like %s is refused', async (filter) => {
    expect(
      await platform.owner.get(
        `/v1/dataset-versions/${platform.ids['dataset_version_id']}/samples?filter=${encodeURIComponent(filter)}`,
      ),
    ).toMatchObject({ status: 400, body: { reason: 'FILTER_INVALID' } });
  });

  it('an unknown field and a body that is no JSON are refused', async () => {
    expect((await platform.owner.post('/v1/projects', { displayNam: 'x' })).status).toBe(400);
    expect((await platform.owner.post('/v1/projects', '{')).status).toBe(400);
  });
});

it('ids of samples are found by REST, whatever characters they have', async () => {
  const { owner } = platform;
  const modulePath = fileURLToPath(new URL('../src/fixtures/odd-ids.integration.js', import.meta.url));
  const { id: integrationId } = await owner.make<{ id: string }>(of('integrations'), 'integration', {
    source: { modulePath },
  });
  const { id, jobId } = await owner.make<{ id: string; jobId: string }>(
    of('dataset-versions'),
    'datasetVersion',
    { integrationId },
  );
  await jobEnded(owner, 'datasets', jobId);
  const log = (await owner.get(`/v1/datasets/jobs/${jobId}/log-entries`)).body['entries'] as {
    message: string;
  }[];
  expect([log[0]!.message, log.at(-1)!.message]).toEqual(['Accepted with 1 shard.', 'Succeeded.']);
  for (const sampleId of ODD_IDS) {
    const path = `/v1/dataset-versions/${id}/samples/training/${encodeURIComponent(sampleId)}`;
    expect(await owner.get(path), sampleId).toMatchObject({
      status: 200,
      body: { sample: { ref: { sampleId } } },
    });
    expect((await owner.raw('GET', `${path}/visuals/default`)).headers.get('content-type'), sampleId).toBe(
      'image/png',
    );
  }
});

describe('models and runs', () => {
  const run = (more: object) =>
    platform.owner.post(of('runs'), {
      datasetVersionId: platform.ids['dataset_version_id'],
      modelVersionId: platform.ids['model_version_id'],
      settings: { epochs: 1 },
      ...more,
    });

  it('an unknown layer is refused by name', async () => {
    const { status, body } = await platform.owner.post(of('models'), {
      displayName: 'dents',
      topology: blobsModel({ kind: 'Dents' }),
    });
    expect(status).toBe(400);
    expect(body['detail'] ?? body['message']).toContain('Dents');
  });

  it.each([
    ['loss', { name: 'crossed_entropy' }],
    ['optimizer', { name: 'adamant' }],
  ])('an unknown %s is refused by name', async (key, spec) => {
    const { status, body } = await run({ settings: { epochs: 1, [key]: spec } });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(spec.name);
  });

  it.each<[string, object, string]>([
    ['an unknown metric', { metrics: [{ name: 'acuracy' }] }, 'METRIC_UNKNOWN'],
    ['a metric that every object has', { metrics: [{ name: '__proto__' }] }, 'METRIC_UNKNOWN'],
    ['an unknown schedule', { learningRateSchedule: { name: 'x' } }, 'LEARNING_RATE_SCHEDULE_UNKNOWN'],
    [
      'a negative learning rate',
      { optimizer: { name: 'adam', config: { learning_rate: -1 } } },
      'SETTING_INVALID',
    ],
    [
      'a learning rate in words',
      { optimizer: { name: 'adam', config: { learning_rate: 'NaN' } } },
      'SETTING_INVALID',
    ],
    [
      'twenty thousand settings',
      {
        optimizer: {
          name: 'adam',
          config: Object.fromEntries(Array.from({ length: 20_000 }, (_, k) => [`k${k}`, k])),
        },
      },
      'SETTING_INVALID',
    ],
    ['a negative delta', { loss: { name: 'huber', config: { delta: -1 } } }, 'LOSS_PARAMETER_INVALID'],
    ['a NUL in a name', { loss: { name: 'a\0' } }, 'FIELD_INVALID'],
    ['a negative batch', { batchSize: -1 }, 'RUN_SETTING_INVALID'],
    ['a batch of 10^9', { batchSize: 1e9 }, 'RUN_SETTING_INVALID'],
    ['half a sample', { batchSize: 2.5 }, 'FIELD_INVALID'],
    ['10^9 epochs', { epochs: 1e9 }, 'RUN_SETTING_INVALID'],
    ['NaN epochs', { epochs: 'NaN' }, 'FIELD_INVALID'],
    ['an unknown kind', { kind: 77 }, 'FIELD_INVALID'],
  ])('%s is refused', async (_what, settings, reason) => {
    expect(await run({ settings: { epochs: 1, ...settings } })).toMatchObject({
      status: 400,
      body: { reason },
    });
  });

  it('a loss that is no number any more stops the run, and names epoch and batch', async () => {
    const { body } = await run({
      settings: { epochs: 2, batchSize: 32, optimizer: { name: 'sgd', config: { learning_rate: 1e38 } } },
    });
    const { id, jobId } = body['run'] as { id: string; jobId: string };
    await expect(jobEnded(platform.owner, 'training', jobId)).rejects.toThrow(
      /JOB_STATE_FAILED: the loss became .* in epoch 1, batch \d+; lower the learning rate/,
    );
    expect((await platform.owner.get(`/v1/runs/${id}`)).body['run']).toMatchObject({
      state: 'RUN_STATE_FAILED',
      fault: { reason: 'LOSS_NOT_FINITE' },
    });
  });

  it.each([['\u001b[2J'], ['\u202e'], ['x'.repeat(300)]])(
    'a name like %j is refused',
    async (displayName) => {
      expect(await run({ displayName: `a${displayName}` })).toMatchObject({
        status: 400,
        body: { reason: 'DISPLAY_NAME_INVALID' },
      });
    },
  );

  it.each([
    ['input', { input: [28, 28, 1] }],
    ['output', { classes: 7 }],
  ])('a model whose %s does not fit the data is refused at create', async (what, wrong) => {
    const model = await platform.owner.make<{ latestVersionId: string }>(of('models'), 'model', {
      displayName: `wrong ${what}`,
      topology: blobsModel(wrong),
    });
    const { status, body } = await run({ modelVersionId: model.latestVersionId });
    expect(status, JSON.stringify(body)).toBe(400);
  });
});

describe('maps and neighbours', () => {
  it('an unknown algorithm or setting is refused by name', async () => {
    const make = (more: object) =>
      platform.owner.post(of('explorations'), {
        activationSetId: platform.ids['activation_set_id'],
        ...more,
      });
    expect((await make({ algorithm: 'ALGORITHM_ISOMAP' })).status).toBe(400);
    const { status, body } = await make({ algorithm: 'ALGORITHM_UMAP', params: { n_naybors: 3 } });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('n_naybors');
  });

  it('k larger than the population gives all others', async () => {
    const { status, body } = await platform.owner.post(
      `/v1/activation-sets/${platform.ids['activation_set_id']}:findSimilar`,
      { queries: [{ split: 'SPLIT_VALIDATION', sampleId: 's480' }], k: 1000 },
    );
    expect(status).toBe(200);
    expect((body['similar'] as unknown[]).length).toBe(body['candidateCount']);
  });

  it('weights beyond all bounds give finite distances of samples that there are', async () => {
    const { status, body } = await platform.owner.post(
      `/v1/activation-sets/${platform.ids['activation_set_id']}:findSimilar`,
      {
        queries: [{ split: 'SPLIT_VALIDATION', sampleId: 's480' }],
        k: 3,
        layerWeights: [{ layer: 'conv', weight: 1e300 }],
      },
    );
    expect(status).toBe(200);
    for (const { row, distance } of body['similar'] as { row: number; distance: number }[])
      expect([row >= 0, Number.isFinite(distance)]).toEqual([true, true]);
  });

  it('a layer that does not exist is refused by name', async () => {
    const { status, body } = await platform.owner.post(of('analyses'), {
      runId: platform.ids['run_id'],
      sample: { split: 'SPLIT_VALIDATION', sampleId: 's480' },
      settings: { layer: 'conv9' },
    });
    expect(status).toBe(404); // it would be a resource of the model
    expect(JSON.stringify(body)).toContain('conv9');
  });
});

describe('integrations', () => {
  /** Ingests a module made for the test and returns the fault that its job ended with. */
  async function catchFault(name: string, source: string): Promise<Record<string, unknown>> {
    const module = join(platform.directory, `${name}.mjs`);
    await writeFile(module, source);
    const registered = await platform.owner.post(of('integrations'), {
      displayName: name,
      source: { modulePath: module },
    });
    if (registered.status !== 200) return registered.body;
    const { status, body } = await platform.owner.post(of('dataset-versions'), {
      integrationId: (registered.body['integration'] as { id: string }).id,
    });
    if (status !== 200) return body;
    const version = body['datasetVersion'] as { id: string; jobId: string };
    const ended = await untilEnded(
      async () =>
        (await platform.owner.get(`/v1/dataset-versions/${version.id}`)).body['datasetVersion'] as {
          state: string;
          fault?: Record<string, unknown>;
        },
      { timeoutMs: 120_000, what: `the dataset version of ${name}` },
    );
    if (ended.state === 'JOB_STATE_SUCCEEDED') throw new Error(`${name} was ingested`);
    return ended.fault!;
  }
  it.each([
    ['no.mjs', 'does not exist'],
    ['../../etc/passwd', 'leads outside'],
    ['/etc/passwd', 'is no module'],
    ['data:text/javascript,1', 'is a URL'],
    ['/dev/zero', 'never ends'],
  ])('the path %s, which %s, is refused', async (modulePath) => {
    expect(
      await platform.owner.post(of('integrations'), { displayName: 'x', source: { modulePath } }),
    ).toMatchObject({ status: 400, body: { reason: 'MODULE_PATH_INVALID' } });
  });

  it.each([
    ['has no export', 'export const other = 1;', 'INTEGRATION_NOT_EXPORTED'],
    ['throws', 'throw new Error("at once");', 'INTEGRATION_LOAD_FAILED'],
    ['ends its process', 'process.exit(0);', 'INTEGRATION_CRASHED'],
  ])('a module that %s is refused', async (name, source, reason) => {
    expect(await catchFault(name.replaceAll(' ', '-'), source)).toMatchObject({ reason });
  });

  const module = (
    more: string,
    splits = 'training: { length: 4000, data: {} }, validation: { length: 10, data: {} }',
  ) => `
    import { defineIntegration, oneHot } from ${JSON.stringify(import.meta.resolve('@noema/integration'))};
    export const integration = defineIntegration({
      name: 'faulty', preprocess: () => ({ ${splits} }), predictions: { labels: ['a', 'b'] },
      inputs: { x: ({ index }) => [index, 1] },
      groundTruths: { y: ({ index }) => oneHot(index % 2, ['a', 'b']) }, ${more} });`;

  it.each([
    [
      'one sample that throws',
      `metadata: { note: ({ index }) => { if (index === 3123) throw new Error('no ink'); return index; } }`,
      undefined,
      ['3123', 'note'],
    ],
    [
      'one sample of another shape',
      `inputs: { x: ({ index }) => (index === 3123 ? [1, 2, 3] : [index, 1]) }`,
      undefined,
      ['3123', 'x'],
    ],
    [
      'one NaN',
      `inputs: { x: ({ index }) => (index === 3123 ? [NaN, 1] : [index, 1]) }`,
      undefined,
      ['3123', 'NaN'],
    ],
    [
      'a label outside the classes',
      `groundTruths: { y: ({ index }) => oneHot(index === 3123 ? 2 : 0, ['a', 'b']) }`,
      undefined,
      ['3123', 'y'],
    ],
    [
      'a duplicate sample id',
      '',
      `training: { length: 3, ids: ['p', 'q', 'p'], data: {} }, validation: { length: 1, data: {} }`,
      ['p'],
    ],
    [
      'an empty split',
      '',
      'training: { length: 0, data: {} }, validation: { length: 1, data: {} }',
      ['training'],
    ],
    [
      'a text with NUL',
      `metadata: { note: ({ index }) => (index === 3123 ? 'a\\0' : 'b') }`,
      undefined,
      ['METADATA_INVALID', '3123', 'note'],
    ],
    [
      'an id with an escape',
      '',
      `training: { length: 1, ids: ['\\u001b[31m'], data: {} }`,
      ['SAMPLE_ID_INVALID', 'training'],
    ],
    [
      'more samples than there are',
      '',
      'training: { length: 1e12, data: {} }',
      ['SPLIT_INVALID', '1000000000000'],
    ],
    ['class names that are numbers', `predictions: { labels: [1, 2] }`, undefined, ['class name 0 is 1']],
    [
      'process.exit in a handler',
      `metadata: { note: () => process.exit(3) }`,
      undefined,
      ['INTEGRATION_CRASHED', 'exit code 3'],
    ],
  ])('%s fails the version and is named', { timeout: 120_000 }, async (name, more, splits, named) => {
    const fault = JSON.stringify(await catchFault(name.replaceAll(' ', '-'), module(more, splits)));
    for (const word of named) expect(fault).toContain(word);
  });
});
