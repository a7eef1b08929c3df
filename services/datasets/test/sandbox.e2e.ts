import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ArtifactSweep } from '@noema/host';
import { catchReason, waitFor } from '@noema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BubblewrapIsolation } from '../src/runner/bubblewrap.isolation.js';
import { nodeRuntime } from '../src/runner/runtimes/node.js';
import { pythonRuntime } from '../src/runner/runtimes/python.js';
import type { RuntimeSpec } from '../src/runner/runtimes/runtime.js';
import { describeData } from './data.cases.js';
import { makeWheel, sha256 } from './made-wheels.js';
import { PYTHON } from './python-interpreter.js';
import {
  OTHER_PROJECT,
  OTHER_TEAM,
  PROJECT,
  type RunningDatasets,
  startDatasets,
  TEAM,
} from './running-datasets.js';

const bubblewrap = new BubblewrapIsolation({
  roots: [],
  memoryBytes: 2 ** 30,
  cpuMs: 60_000,
  tasks: 64,
  tmpBytes: 2 ** 20,
  interpreters: { python: PYTHON },
});
const whyNot = (runtime: RuntimeSpec): Promise<string | undefined> =>
  bubblewrap.require(runtime).then(
    () => undefined,
    (error: Error) => error.message,
  );
const missing = await whyNot(nodeRuntime);
const noPython = missing ?? (await whyNot(pythonRuntime));
if (missing !== undefined) console.warn(`skipped: a platform that trusts no user code: ${missing}`);
if (noPython !== undefined) console.warn(`skipped: uploads in Python: ${noPython}`);

let running: RunningDatasets;
const SETTINGS = {
  NOEMA_TRUSTED_INTEGRATIONS: 'false',
  NOEMA_INTEGRATION_ROOTS: tmpdir(),
  NOEMA_INTEGRATION_MEMORY_MB: '300',
  NOEMA_PYTHON: PYTHON,
};
beforeAll(async () => {
  if (missing === undefined) running = await startDatasets({ settings: SETTINGS });
});
afterAll(() => running?.stop());
afterEach(() => running?.stopWorkers());

const definition = ({
  x = '({ index }) => index',
  rest = '',
  preprocess = '() => ({ training: { length: 100, data: null } })',
} = {}) =>
  `export const integration = defineIntegration({ name: 'made', preprocess: ${preprocess}, inputs: { x: ` +
  `${x} }, groundTruths: {}, ${rest} });`;
const python = (x: string, before = '') => `
from noema.integration import input, splits
import os
def read():
    with open(os.path.join(os.path.dirname(__file__), 'data.txt')) as file:
        return file.read()
${before.split('\n')[0] ?? ''}
${before.split('\n')[1] ?? ''}

@splits
def data():
    return {'training': 100}

@input
def x(index):
    return ${x}
`;
const bundled = (code: string) =>
  Buffer.from(`import { defineIntegration } from '@noema/integration';\n${code}`);
const upload = async (content: Uint8Array) =>
  (await running.api.integrations.uploadBundle({ projectId: PROJECT, content })).bundle!;
const registerBundle = async (content: Uint8Array) =>
  (
    await running.api.integrations.createIntegration({
      projectId: PROJECT,
      source: { source: { case: 'bundle', value: await upload(content) } },
    })
  ).integration!;
const sandboxes = () =>
  execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter(
      (line) =>
        line.includes('integration.process.js') &&
        line.includes('bwrap') &&
        line.trim().split(/\s+/)[1] === String(process.pid),
    );

describe.skipIf(missing !== undefined)('a platform that trusts no user code', () => {
  it('ingests a module of a folder that the operator has opened, and none of another', async () => {
    await running.startWorker();
    const { integration } = await running.register(definition());
    const { version, job } = await running.ingest(integration.id, 64);
    expect(job.state).toBe(JobState.SUCCEEDED);
    expect(version.sampleCount).toBe(100);
    const create = (value: string) =>
      catchReason(
        running.api.integrations.createIntegration({
          projectId: PROJECT,
          source: { source: { case: 'modulePath', value } },
        }),
      );
    for (const outside of [
      '/etc/passwd.js',
      `${tmpdir()}/../etc/passwd.js`,
      new URL('../src/main.js', import.meta.url).pathname.replace(tmpdir(), '/elsewhere'),
    ])
      expect(await create(outside)).toMatch(
        /precondition MODULE_PATH_OUTSIDE_ROOTS|invalid MODULE_PATH_INVALID/,
      );
    expect(await create('/etc/passwd.js')).toBe('precondition MODULE_PATH_OUTSIDE_ROOTS');
  });

  it('ingests an uploaded module, and an uploaded folder with its own packages', async () => {
    await running.startWorker();
    const one = await registerBundle(bundled(definition()));
    expect(one.source!.source.case).toBe('bundle');
    const folder = packTar({
      'package.json': '{"name":"mine","main":"src/mine.js","type":"module"}',
      'src/mine.js':
        `import { defineIntegration } from '@noema/integration'; import seven from 'seven'; import { ` +
        `readFileSync } from 'node:fs';\nconst data = JSON.parse(readFileSync(new URL('../data.json', ` +
        `import.meta.url)));\n${definition({ x: '() => [seven, data.n]' })}`,
      'data.json': '{"n":8}',
      'node_modules/seven/package.json': '{"name":"seven","main":"index.cjs"}',
      'node_modules/seven/index.cjs': 'module.exports = 7;',
    });
    const two = await registerBundle(folder);
    expect(two.digest).not.toBe(one.digest);
    for (const { id } of [one, two])
      expect((await running.ingest(id, 64)).job).toMatchObject({ state: JobState.SUCCEEDED });
    const report = (await running.api.integrations.checkIntegration({ integrationId: two.id })).report!;
    expect(report.handlers.find((handler) => handler.name === 'x')!.returned).toBe('float32[2] from 7 to 8');
    await running.stopWorkers();
    await waitFor(
      async () =>
        (await readdir(tmpdir())).filter((name) => name.startsWith(`noema-bundle-${process.pid}-`)).length ===
        0,
    );
  });

  it.skipIf(noPython !== undefined)(
    'ingests an uploaded module and folder in Python, and names file and line of one that fails',
    async () => {
      await running.startWorker();
      const one = await registerBundle(Buffer.from(python('index')));
      expect((await running.ingest(one.id, 64)).job).toMatchObject({ state: JobState.SUCCEEDED });
      const folder = packTar({
        'integration.py': python('[seven(), len(DATA)]', 'from own.numbers import seven\nDATA = read()'),
        'own/__init__.py': '',
        'own/numbers.py': 'def seven():\n    return 7\n',
        'data.txt': 'abcdefgh',
        'requirements.txt': 'numpy',
      });
      const two = await registerBundle(folder);
      expect((await running.ingest(two.id, 64)).job).toMatchObject({ state: JobState.SUCCEEDED });
      const report = (await running.api.integrations.checkIntegration({ integrationId: two.id })).report!;
      expect(report.handlers.find((handler) => handler.name === 'x')!.returned).toBe(
        'float32[2] from 7 to 8',
      );
      const bad = await registerBundle(Buffer.from(python('1 / (index - 70)')));
      expect((await running.ingest(bad.id, 64)).version.fault).toMatchObject({
        reason: 'HANDLER_THREW',
        message: expect.stringContaining('ZeroDivisionError') as string,
        metadata: { file: '/integration/integration.py', line: '16', sample_id: '70' },
      });
      const lacking = packTar({ 'integration.py': python('0'), 'requirements.txt': 'missing-package==1.0' });
      expect(await catchReason(registerBundle(lacking))).toBe('precondition INTEGRATION_REQUIREMENTS_UNMET');
    },
  );

  it.skipIf(noPython !== undefined)(
    'builds the environment of wheels that were uploaded, sends no part twice, and refuses wheels of another ' +
      'project, other content and other interpreters',
    async () => {
      await running.startWorker();
      const wheel = makeWheel({ text: 'def seven():\n    return 7\n' });
      const parts = [wheel.content.subarray(0, 200), wheel.content.subarray(200)];
      const hashes = parts.map(sha256);
      const { integrations } = running.api;
      const find = async () =>
        (await integrations.findWheelParts({ projectId: PROJECT, sha256: hashes })).parts;
      expect(await find()).toEqual([]);
      const sent = await Promise.all(
        parts.map(
          async (content) => (await integrations.uploadWheelPart({ projectId: PROJECT, content })).part!,
        ),
      );
      expect(new Set((await find()).map(({ uri }) => uri))).toEqual(new Set(sent.map(({ uri }) => uri)));
      const code = await upload(
        packTar({
          'integration.py': python(
            '[seven(), FAULTS]',
            "from seven import seven\nFAULTS = os.access('/packages', os.W_OK) + (not os.path.isdir('/packages'))",
          ),
          'requirements.txt': `seven==1.0 --hash=sha256:${sha256(wheel.content)}`,
        }),
      );
      const create = async (change: object, teamId = TEAM, projectId = PROJECT) =>
        (
          await running.as(teamId).integrations.createIntegration({
            projectId,
            source: { source: { case: 'bundle', value: code } },
            wheels: [{ fileName: wheel.fileName, sha256: sha256(wheel.content), parts: sent, ...change }],
          })
        ).integration!;
      const one = await create({});
      expect(one.wheels).toMatchObject([
        { fileName: wheel.fileName, sizeBytes: BigInt(wheel.content.length) },
      ]);
      expect((await running.ingest(one.id, 64)).job).toMatchObject({ state: JobState.SUCCEEDED });
      const report = (await integrations.checkIntegration({ integrationId: one.id })).report!;
      expect(report.handlers.find((handler) => handler.name === 'x')!.returned).toBe(
        'float32[2] from 0 to 7',
      );

      // A module of this machine has an environment, too.
      const modulePath = await running.writeFile(
        'needs_seven.py',
        python('seven()', 'from seven import seven'),
      );
      await running.writeFile('requirements.txt', 'seven==1.0');
      const wheels = [{ fileName: wheel.fileName, sha256: sha256(wheel.content), parts: sent }];
      const ofModule = async (change: object) =>
        (
          await integrations.createIntegration({
            projectId: PROJECT,
            source: { source: { case: 'modulePath', value: modulePath } },
            ...change,
          })
        ).integration!;
      expect(await catchReason(ofModule({}))).toBe('precondition INTEGRATION_REQUIREMENTS_UNMET');
      const module = await ofModule({ wheels });
      expect(module.wheels).toHaveLength(1);
      expect((await running.ingest(module.id, 64)).job).toMatchObject({ state: JobState.SUCCEEDED });

      expect(await catchReason(create({ parts: [sent[1], sent[0]] }))).toBe('invalid WHEEL_INVALID');
      expect(await catchReason(create({ parts: [sent[0]] }))).toBe('invalid WHEEL_INVALID');
      expect(await catchReason(create({ fileName: 'seven-1.1-py3-none-any.whl' }))).toBe(
        'invalid WHEEL_INVALID',
      );
      expect(await catchReason(create({ fileName: 'seven-1.0-cp27-cp27m-any.whl' }))).toBe(
        'invalid WHEEL_UNFIT',
      );
      expect(await catchReason(create({ parts: [{ ...sent[0], uri: code.uri }] }))).toBe(
        'not-found WHEEL_PART_NOT_FOUND',
      );
      expect(await catchReason(create({ parts: [{ ...sent[0], sha256: 'f'.repeat(64) }] }))).toBe(
        'not-found WHEEL_PART_NOT_FOUND',
      );
      expect(
        await catchReason(
          running.as(OTHER_TEAM).integrations.findWheelParts({ projectId: PROJECT, sha256: hashes }),
        ),
      ).toBe('not-found PROJECT_NOT_FOUND');
      expect(
        (
          await running
            .as(OTHER_TEAM)
            .integrations.findWheelParts({ projectId: OTHER_PROJECT, sha256: hashes })
        ).parts,
      ).toEqual([]);
      expect(
        await catchReason(
          running.as(TEAM, 'viewer').integrations.uploadWheelPart({ projectId: PROJECT, content: parts[0]! }),
        ),
      ).toMatch(/^forbidden/);
      expect(
        await catchReason(
          integrations.uploadWheelPart({ projectId: PROJECT, content: Buffer.alloc(2 ** 22 + 1) }),
        ),
      ).toBe('invalid WHEEL_PART_INVALID');
      const { interpreter } = await integrations.getPythonInterpreter({ projectId: PROJECT });
      expect(interpreter!.packages['numpy']).toBeDefined();
      expect(interpreter!.abi).toBe(`cp3${interpreter!.version.split('.')[1]}`);
    },
  );

  it.skipIf(noPython !== undefined)(
    'keeps the parts of wheels as long as an integration names them',
    async () => {
      await running.startWorker();
      const { integrations } = running.api;
      const put = async (text: string) => {
        const { fileName, content } = makeWheel({ text });
        const { part } = await integrations.uploadWheelPart({ projectId: PROJECT, content });
        return { fileName, sha256: sha256(content), parts: [part!] };
      };
      const [kept, orphan] = [await put('KEPT = 1'), await put('ORPHAN = 1')];
      const code = await upload(
        packTar({
          'integration.py': python('KEPT', 'from seven import KEPT'),
          'requirements.txt': 'seven==1.0',
        }),
      );
      const { integration } = await integrations.createIntegration({
        projectId: PROJECT,
        source: { source: { case: 'bundle', value: code } },
        wheels: [kept],
      });
      await running.service.app.get(ArtifactSweep).run({ graceMs: 0 });
      const find = async (): Promise<string[]> =>
        (
          await integrations.findWheelParts({ projectId: PROJECT, sha256: [kept.sha256, orphan.sha256] })
        ).parts.map(({ sha256: hash }) => hash);
      expect(await find()).toEqual([kept.sha256]);
      await integrations.deleteIntegration({ integrationId: integration!.id });
      await running.service.app.get(ArtifactSweep).run({ graceMs: 0 });
      expect(await find()).toEqual([]);
    },
  );

  it('names file and line of an uploaded module that fails', async () => {
    await running.startWorker();
    const { id } = await registerBundle(
      bundled(
        definition({
          x: "({ index }) => {\n  if (index === 70) throw new RangeError('cut short');\n  return index;\n}",
        }),
      ),
    );
    const { version } = await running.ingest(id, 64);
    expect(version.fault).toMatchObject({
      reason: 'HANDLER_THREW',
      metadata: { file: '/integration/integration.mjs', line: '3', sample_id: '70' },
    });
  });

  it(
    'refuses a bundle of another project or team, one that was never uploaded, and one that leads out of ' +
      'itself',
    async () => {
      const bundle = await upload(bundled(definition()));
      const create = (teamId: string, projectId: string, value: typeof bundle) =>
        catchReason(
          running
            .as(teamId)
            .integrations.createIntegration({ projectId, source: { source: { case: 'bundle', value } } }),
        );
      expect(await create(OTHER_TEAM, OTHER_PROJECT, bundle)).toBe('not-found BUNDLE_NOT_FOUND');
      for (const uri of [
        '../../etc/passwd',
        `${TEAM}/${PROJECT}/dataset-versions/x/y.mjs`,
        bundle.uri.replace('bundle', 'other'),
        '',
      ])
        expect(await create(TEAM, PROJECT, { ...bundle, uri })).toBe('not-found BUNDLE_NOT_FOUND');
      expect(await create(TEAM, PROJECT, { ...bundle, sha256: '0'.repeat(64) })).toBe(
        'not-found BUNDLE_NOT_FOUND',
      );
      expect(
        await catchReason(
          running
            .as(OTHER_TEAM)
            .integrations.uploadBundle({ projectId: PROJECT, content: bundled(definition()) }),
        ),
      ).toBe('not-found PROJECT_NOT_FOUND');
      expect(
        await catchReason(
          running
            .as(TEAM, 'viewer')
            .integrations.uploadBundle({ projectId: PROJECT, content: bundled(definition()) }),
        ),
      ).toMatch(/^forbidden/);
      expect(await catchReason(upload(packTar({ '../../evil.js': 'x', 'index.mjs': '' })))).toBe(
        'invalid BUNDLE_INVALID',
      );
    },
  );

  it('keeps a bundle as long as an integration names it', async () => {
    await running.startWorker();
    const integration = await registerBundle(bundled(`${definition()} // kept`));
    const orphan = parseArtifactRef(await upload(bundled(`${definition()} // orphan`)), 'bundle');
    await running.service.app.get(ArtifactSweep).run({ graceMs: 0 });
    expect(await running.store.stat(orphan.uri)).toBeUndefined();
    expect(
      (await running.api.integrations.checkIntegration({ integrationId: integration.id })).report!.passed,
    ).toBe(true);
  });

  it('hands secrets that the integration declares to preprocess, and to nothing else', async () => {
    await running.startWorker();
    const { id } = await registerBundle(
      bundled(
        definition({
          preprocess: '({ secrets }) => ({ training: { length: 10, data: secrets } })',
          rest:
            `secrets: ['data-key'], metadata: { key: ({ data }) => data['data-key'].length, env: () => ` +
            'Object.keys(process.env).length, argv: () => process.argv.join() },',
        }),
      ),
    );
    const { version } = await running.ingest(id);
    expect(version.metadataColumns.find(({ name }) => name === 'argv')!.values.join()).not.toContain(
      'sesame',
    );
    const { samples } = await running.api.samples.listSamples({ datasetVersionId: version.id, pageSize: 1 });
    expect(samples[0]!.metadata).toMatchObject({ key: 'open sesame'.length, env: 0 });
    const unknown = await registerBundle(bundled(definition({ rest: `secrets: ['not-there'],` })));
    expect((await running.ingest(unknown.id)).version.fault).toMatchObject({ reason: 'SECRET_NOT_FOUND' });
  });

  it('refuses integrations that declare hosts as long as the operator allows no network', async () => {
    expect(
      await catchReason(registerBundle(bundled(definition({ rest: `hosts: ['data.example.org'],` })))),
    ).toBe('precondition INTEGRATION_NETWORK_REFUSED');
  });

  it(
    'RELIABILITY 12: in the sandbox too, an integration whose process dies is tried three times and then ' +
      'failed with what it wrote last; the queue goes on',
    async () => {
      await running.startWorker();
      const poison = await running.register(
        definition({
          x: "({ index }) => { if (index === 5) { console.error('out of luck'); process.exit(9); } return 1; }",
        }),
      );
      const failing = running.ingest(poison.integration.id);
      const good = await running.register(definition());
      expect((await running.ingest(good.integration.id)).job.state).toBe(JobState.SUCCEEDED);
      const { job, version } = await failing;
      expect(job).toMatchObject({ state: JobState.FAILED, attempt: 3 });
      expect(version.fault).toMatchObject({
        reason: 'INTEGRATION_CRASHED',
        message:
          'the process of the integration ended by itself (exit code 9); look for process.exit, a native ' +
          'module that fails, or too little memory. It wrote last: out of luck',
      });
    },
  );

  it(
    "RELIABILITY 15: in the sandbox too, a check that hangs ends with the caller's deadline, and so does " +
      'its process',
    async () => {
      const { integration } = await running.register(definition({ x: '() => { for (;;); }' }));
      const begun = performance.now();
      await expect(
        running.api.integrations.checkIntegration({ integrationId: integration.id }, { timeoutMs: 1_500 }),
      ).rejects.toMatchObject({ kind: 'timeout' });
      expect(performance.now() - begun).toBeLessThan(30_000);
      await waitFor(() => sandboxes().length === 0);
    },
  );

  it(
    'RELIABILITY 19: a sandbox that is killed answers unavailable; one that eats memory is stopped by its ' +
      'limit; the service lives',
    async () => {
      const [hanging, hungry, good] = [
        await running.register(definition({ x: '() => { for (;;); }' })),
        await running.register(
          definition({
            x: '() => { globalThis.held ??= []; for (;;) held.push(Buffer.alloc(1 << 24, 1)); }',
          }),
        ),
        await running.register(definition()),
      ];
      const check = ({ integration }: typeof good) =>
        running.api.integrations.checkIntegration({ integrationId: integration.id }, { timeoutMs: 150_000 });
      const checked = check(hanging).catch((error: unknown) => error);
      process.kill(
        Number(
          (await waitFor(() => sandboxes()[0], { intervalMs: 250, what: 'a sandbox' }))
            .trim()
            .split(/\s+/)[0],
        ),
        'SIGKILL',
      );
      expect(await checked).toMatchObject({ kind: 'unavailable', reason: 'INTEGRATION_CRASHED' });
      expect(await catchReason(check(hungry))).toBe('precondition INTEGRATION_MEMORY_EXCEEDED');
      expect((await check(good)).report!.passed).toBe(true);
    },
  );
});

/** A tar.gz archive of some files. */
function packTar(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const [bytes, head] = [Buffer.from(text), Buffer.alloc(512)];
    head.write(name, 0, 100);
    head.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('0', 156);
    head.write(' '.repeat(8), 148);
    head.write(
      `${head
        .reduce((a, b) => a + b, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return [head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

describe.skipIf(missing !== undefined)('a platform that trusts no user, without code', () => {
  describeData(() => running);
});
