import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as listenOn } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DETECTION_BUNDLE, OBJECT_SCORES, scoreObjects } from '../../test/detection-bundle.js';
import { PYTHON } from '../../test/python-interpreter.js';
import { BUNDLE_ORDER } from '../../test/runner-orders.js';
import { zip } from '@noema/testing/zip';
import { unpackBundle } from '../bundle/unpack-bundle.js';
import { CodeSource } from './code.source.js';
import { KubernetesClient } from './kubernetes.client.js';
import { PodIsolation } from './pod.isolation.js';
import { ProcessRunner } from './process-runner.js';
import { nodeRuntime } from './runtimes/node.js';
import { pythonRuntime } from './runtimes/python.js';
import { TrustedIsolation } from './trusted.isolation.js';

type Manifest = {
  readonly spec: {
    readonly runtimeClassName: string;
    readonly automountServiceAccountToken: boolean;
    readonly containers: readonly [{ readonly command: readonly string[]; readonly image: string }];
  };
};

/**
 * Stands in for the API server and the kubelet: it takes the calls that the client makes, and runs a pod's
 * command as a process on loopback. It reports the end of the process late, as a kubelet does.
 */
async function startCluster(port: number) {
  const pods = new Map<string, { manifest: Manifest; process: ChildProcess; asksOfTheDead: number }>();
  const asked: string[] = [];
  let made = 0;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      asked.push(`${request.method} ${request.headers.authorization}`);
      const name = /\/pods\/([^?]+)/.exec(request.url!)?.[1];
      if (request.method === 'POST') {
        const manifest = JSON.parse(text) as Manifest;
        const [program, ...args] = manifest.spec.containers[0].command.map((arg) =>
          arg === '7070' ? String(port) : arg,
        );
        const id = `noema-integration-${made++}`;
        pods.set(id, {
          manifest,
          process: spawn(program === 'node' ? process.execPath : program!, args, {
            stdio: 'ignore',
            env: {},
          }),
          asksOfTheDead: 0,
        });
        return response.writeHead(201).end(JSON.stringify({ metadata: { name: id } }));
      }
      const pod = pods.get(name!);
      if (pod === undefined)
        return response.writeHead(404).end(JSON.stringify({ message: `pods "${name}" not found` }));
      if (request.method === 'DELETE') {
        pod.process.kill('SIGKILL');
        pods.delete(name!);
        return response.end(JSON.stringify({ metadata: { name } }));
      }
      const exitCode = pod.process.exitCode !== null && pod.asksOfTheDead++ > 1 ? pod.process.exitCode : null;
      return response.end(
        JSON.stringify({
          metadata: { name },
          status:
            exitCode === null
              ? { phase: 'Running', podIP: '127.0.0.1' }
              : { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode } } }] },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port: api } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${api}`,
    pods,
    asked,
    close: () => {
      for (const { process } of pods.values()) process.kill('SIGKILL');
      server.close();
    },
  };
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let cluster: Awaited<ReturnType<typeof startCluster>>;
let port: number;
const { signal } = new AbortController();
beforeEach(async () => {
  directory = await temporaryDirectory();
  for (const [name, text] of [
    ['token', 'own'],
    ['namespace', 'noema'],
    ['ca.crt', ''],
  ] as const)
    await writeFile(join(directory.path, name), text);
  const probe = listenOn().listen(0);
  port = (probe.address() as { port: number }).port;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  cluster = await startCluster(port);
});
afterEach(async () => {
  cluster.close();
  await directory.remove();
});

const isolation = (change: object = {}) =>
  new PodIsolation(
    new KubernetesClient({ url: cluster.url, credentialsDir: directory.path }),
    {
      image: 'datasets:1',
      runtimeClass: 'gvisor',
      memoryBytes: 2 ** 29,
      cpuMs: 60_000,
      tasks: 64,
      tmpBytes: 2 ** 24,
      ...change,
    },
    { port, bundleRoot: join(directory.path, 'pod', 'integration') },
  );
const writeIntegration = (x: string): string => `import { defineIntegration } from '@noema/integration';
export const integration = defineIntegration({
  name: 'made',
  preprocess: () => ({ training: { length: 40, data: null } }),
  inputs: { x: ${x} },
  groundTruths: {},
});`;
const makeRunner = (x: string, change?: object) => runModule(writeIntegration(x), change);
const runModule = (code: string | Buffer, change?: object) =>
  new ProcessRunner({
    isolation: isolation(change),
    stallMs: 20_000,
    code: new CodeSource({
      roots: [],
      bundles: {
        open: () => unpackBundle(Buffer.from(code)),
      },
      environments: {
        open: () =>
          Promise.resolve({
            path: join(directory.path, 'environment'),
            bytes: 2 ** 23,
            release: () => undefined,
          }),
      },
      data: { open: () => Promise.reject(new Error('no data here')) },
    }),
  });

it('ingests a bundle in a pod of its own, keeps it for the next shard, and deletes it', async () => {
  const runner = makeRunner('({ index }) => [index, 1]');
  const plan = await runner.plan(BUNDLE_ORDER, signal);
  for (const firstRow of [0, 20])
    expect(
      (await runner.encode(BUNDLE_ORDER, plan, { firstRow, rowCount: 20 }, signal, () => undefined)).samples
        .sampleIds[0],
    ).toBe(String(firstRow));
  expect(cluster.pods.size).toBe(1);
  const {
    manifest: { spec },
  } = [...cluster.pods.values()][0]!;
  expect(spec).toMatchObject({
    runtimeClassName: 'gvisor',
    automountServiceAccountToken: false,
    containers: [{ image: 'datasets:1' }],
  });
  await runner.close();
  await waitFor(() => cluster.pods.size === 0);
  expect(new Set(cluster.asked.map((line) => line.split(' ').slice(1).join(' ')))).toEqual(
    new Set(['Bearer own']),
  );
});

it('computes metrics of objects in a pod', async () => {
  const planning = runModule(DETECTION_BUNDLE);
  const plan = await planning.plan(BUNDLE_ORDER, signal);
  await planning.close();
  await waitFor(() => cluster.pods.size === 0);
  await rm(join(directory.path, 'pod'), { recursive: true }); // each pod has a folder of its own
  const runner = runModule(DETECTION_BUNDLE);
  expect(await scoreObjects(runner, plan, signal)).toEqual(OBJECT_SCORES);
  await runner.close();
});

const noPython = await new TrustedIsolation({ python: PYTHON }).require(pythonRuntime).then(
  () => undefined,
  (error: Error) => error.message,
);
if (noPython !== undefined) console.warn(`skipped: a pod with Python: ${noPython}`);

it.skipIf(noPython !== undefined)('ingests a bundle in Python in a pod', async () => {
  const runner = runModule(
    `from noema.integration import input, splits
import os, sys

@splits
def data():
    return {"training": 40}

@input
def x(index):
    return [index, len(os.environ), len(sys.argv)]
`,
    { interpreters: { python: PYTHON } },
  );
  const plan = await runner.plan(BUNDLE_ORDER, signal);
  for (const firstRow of [0, 20])
    expect(
      (await runner.encode(BUNDLE_ORDER, plan, { firstRow, rowCount: 20 }, signal, () => undefined)).samples
        .sampleIds[0],
    ).toBe(String(firstRow));
  expect(plan.inputs).toEqual([{ name: 'x', type: 'float32', dims: [3] }]);
  expect([...cluster.pods.values()][0]!.manifest.spec.containers[0].command[0]).toBe(PYTHON);
  await runner.close();
  await waitFor(() => cluster.pods.size === 0);
});

it.skipIf(noPython !== undefined)('sends a pod the packages of its environment, in pieces', async () => {
  const large = Buffer.alloc(2 ** 23 + 5, 'x');
  await mkdir(join(directory.path, 'environment', 'seven'), { recursive: true });
  await writeFile(join(directory.path, 'environment', 'seven', '__init__.py'), 'SEVEN = 7');
  await writeFile(join(directory.path, 'environment', 'seven', 'data.txt'), large);
  await writeFile(join(directory.path, 'environment', 'seven', 'empty.txt'), '');
  const module = `from noema.integration import input, metadata, splits
import os, seven

FOLDER = os.path.dirname(seven.__file__)

@splits
def data():
    return {"training": 40}

@input
def x(index):
    return seven.SEVEN

@metadata
def found(index):
    return f"{seven.SEVEN} {os.path.getsize(FOLDER + '/data.txt')} {sorted(os.listdir(FOLDER))}"
`;
  const content = zip([
    { name: 'integration.py', content: module },
    { name: 'requirements.txt', content: '# none' },
  ]);
  const wheels = [{ fileName: 'seven-1.0-py3-none-any.whl', sha256: '', sizeBytes: 1, parts: [] }];
  const interpreters = { python: PYTHON };
  const runner = runModule(content, { interpreters });
  const plan = await runner.plan({ ...BUNDLE_ORDER, wheels }, signal);
  const shard = await runner.encode(
    { ...BUNDLE_ORDER, wheels },
    plan,
    { firstRow: 0, rowCount: 1 },
    signal,
    () => undefined,
  );
  expect(shard.samples.metadata[0]!.values[0]).toBe(
    `7 ${large.length} ['__init__.py', 'data.txt', 'empty.txt']`,
  );
  await runner.close();
  await expect(
    runModule(content, { interpreters, tmpBytes: 2 ** 23 }).plan({ ...BUNDLE_ORDER, wheels }, signal),
  ).rejects.toMatchObject({ kind: 'precondition', reason: 'ENVIRONMENT_TOO_LARGE' });
});

it('a pod that ends is reported as a process that ended, and is deleted too', async () => {
  await expect(makeRunner('() => process.exit(3)').plan(BUNDLE_ORDER, signal)).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'INTEGRATION_CRASHED',
    message: expect.stringContaining('exit code 3') as string,
  });
  await waitFor(() => cluster.pods.size === 0);
});

it('refuses without a runtime class, without an image, and modules that a pod does not see', async () => {
  for (const change of [{ runtimeClass: undefined }, { image: undefined }])
    await expect(makeRunner('() => 1', change).plan(BUNDLE_ORDER, signal)).rejects.toMatchObject({
      reason: 'INTEGRATION_ISOLATION_UNAVAILABLE',
    });
  await expect(
    isolation().launch({ runtime: nodeRuntime, code: { kind: 'module', path: '/x.mjs' }, network: false }),
  ).rejects.toMatchObject({ reason: 'INTEGRATION_ISOLATION_UNAVAILABLE' });
});

it('says what the API server says', async () => {
  await expect(
    new KubernetesClient({ url: cluster.url, credentialsDir: directory.path }).get('gone'),
  ).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'KUBERNETES_FAILED',
    message: expect.stringContaining('404: pods "gone" not found') as string,
  });
});
