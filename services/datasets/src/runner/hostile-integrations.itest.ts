import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { moduleRunner, orderOfModule } from '../../test/runner-orders.js';
import { writeModule } from '../../test/running-datasets.js';
import type { OpenOrder } from '../ingestion/ingestion.ports.js';
import { BubblewrapIsolation } from './bubblewrap.isolation.js';
import { endForgottenSandboxes } from './forgotten.sandboxes.js';
import { IntegrationProcess } from './integration-process.js';
import type { Isolation } from './isolation.js';
import type { ProcessRunner } from './process-runner.js';
import { nodeRuntime } from './runtimes/node.js';
import { TrustedIsolation } from './trusted.isolation.js';

const MIB = 2 ** 20;
const bounds = { roots: [], memoryBytes: 256 * MIB, cpuMs: 20_000, tasks: 48, tmpBytes: 8 * MIB };
const bubblewrap = new BubblewrapIsolation(bounds);
const missing = await bubblewrap.require(nodeRuntime).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing !== undefined) console.warn(`skipped: hostile integrations: ${missing}`);

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let port: number;
const servers: Server[] = [];
const runners: ProcessRunner[] = [];
const { signal } = new AbortController();
const ABSTRACT = `\0noema-hostile-${process.pid}`;
const MARK = `noema-hostile-${process.pid}`;

beforeAll(async () => {
  directory = await temporaryDirectory();
  await chmod(directory.path, 0o755);
  await mkdir(join(directory.path, 'store', 'other-team'), { recursive: true });
  await writeFile(join(directory.path, 'store', 'other-team', 'secret.arrow'), 'not yours', { mode: 0o644 });
  for (const listen of [
    (s: Server) => s.listen(0, '127.0.0.1'),
    (s: Server) => s.listen({ path: ABSTRACT }),
  ]) {
    const server = listen(
      createServer((socket) => {
        socket.on('error', () => undefined).end('hello');
      }),
    );
    servers.push(server);
    await new Promise((resolve) => {
      server.once('listening', resolve);
    });
  }
  port = (servers[0]!.address() as { port: number }).port;
});
afterEach(() => Promise.all(runners.splice(0).map((runner) => runner.close())));
afterAll(async () => {
  for (const server of servers) server.close();
  await directory.remove();
});

const runnerWith = (isolation: Isolation, stallMs = 20_000): ProcessRunner => {
  const runner = moduleRunner(isolation, { stallMs });
  runners.push(runner);
  return runner;
};

let modules = 0;
async function orderOf(
  {
    before = '',
    preprocess = '',
    x = 'index',
    m = '0',
  }: { before?: string; preprocess?: string; x?: string; m?: string },
  name = `m${modules++}`,
): Promise<OpenOrder> {
  const modulePath = await writeModule(
    directory.path,
    name,
    `
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as dns from 'node:dns/promises';
import * as dgram from 'node:dgram';
import { spawn, spawnSync } from 'node:child_process';
const frame = (header, body = Buffer.alloc(0)) => {
  const h = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const p = Buffer.alloc(8);
  p.writeUInt32LE(h.length, 0);
  p.writeUInt32LE(body.length, 4);
  fs.writeSync(3, Buffer.concat([p, h, body]));
};
const reach = (target) => new Promise((resolve, reject) =>
  net.connect(target, function () { this.destroy(); resolve('connected'); }).on('error', reject));
${before}
export const integration = defineIntegration({
  name: 'hostile', preprocess: async () => { ${preprocess}; return { training: { length: 40, data: null } }; },
  inputs: { x: async ({ index }) => { if (globalThis.attackAt?.(index)) return 0; return ${x}; } },
  groundTruths: {},
  metadata: { m: async ({ index }) => (${m}) },
});`,
  );
  return orderOfModule(modulePath, 40, name);
}

const attack = async (isolation: Isolation, code: Parameters<typeof orderOf>[0], stallMs?: number) => {
  const [runner, order] = [runnerWith(isolation, stallMs), await orderOf(code)];
  const plan = await runner.plan(order, signal);
  return runner.encode(order, plan, { firstRow: 0, rowCount: 40 }, signal, () => undefined);
};
/** What an expression comes to inside: `refused <code>`, or `got <text>`. */
const tried = async (isolation: Isolation, expression: string): Promise<string> => {
  const shard = await attack(isolation, {
    before:
      `const attempt = async () => { try { return 'got ' + String(await (${expression})).slice(0, 200); } ` +
      `catch (error) { return 'refused ' + (error.code ?? error.message); } }; const outcome = await ` +
      'attempt();',
    m: 'outcome',
  });
  return String(shard.samples.metadata[0]!.values[0]);
};
/** Processes of this machine with a word in their command line. */
const withMark = (mark: string): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return pid !== String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
/** What runs in a group of processes, by the names that the kernel has. */
const commandsOf = (group: number): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const [, command, of] =
          /^\d+ \((.*)\) [^Z] \d+ (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
        return Number(of) === group ? [command!] : [];
      } catch {
        return [];
      }
    });
const nothingLeft = () => waitFor(() => withMark(MARK).length === 0);
const path = (text: string) => JSON.stringify(text);

describe.skipIf(missing !== undefined)('a hostile integration in bubblewrap', () => {
  const reads: [string, () => string][] = [
    ['the users of the machine', () => `fs.promises.readFile('/etc/passwd', 'utf8')`],
    [
      'the environment of the service',
      () => `fs.promises.readFile('/proc/${process.pid}/environ').then((bytes) => bytes.length)`,
    ],
    [
      'the environment of its parent',
      () => `fs.promises.readFile('/proc/' + process.ppid + '/environ').then((bytes) => bytes.length)`,
    ],
    [
      'a file of another team in the store',
      () => `fs.promises.readFile(${path(join(directory.path, 'store/other-team/secret.arrow'))}, 'utf8')`,
    ],
    [
      'the list of the folder that its module is in',
      () =>
        `fs.promises.readdir(${path(directory.path)}).then((names) => { if (!names.includes('store')) ` +
        `throw new Error('only its own'); return names; })`,
    ],
    [
      'the code of the platform',
      () =>
        `fs.promises.readFile(${path(new URL('../../../../../package.json', import.meta.url).pathname)}, ` +
        `'utf8')`,
    ],
  ];
  it.each(reads)('cannot read %s, which it could without', async (_what, expression) => {
    expect(await tried(new TrustedIsolation(), expression())).toMatch(/^got /);
    expect(await tried(bubblewrap, expression())).toMatch(/^refused (ENOENT|EACCES|only its own)/);
  });

  it('finds no process of the machine, no setting, no secret, and none of our arguments', async () => {
    const seen =
      `JSON.stringify([fs.existsSync('/proc'), Object.keys(process.env), process.argv.slice(2), ` +
      `process.getuid() === 0, fs.readdirSync('/').filter((name) => ['etc', 'root', 'home', 'proc', ` +
      `'sys', 'var', 'run', 'opt'].includes(name))])`;
    expect(await tried(bubblewrap, seen)).toBe('got [false,[],[],false,[]]');
    expect(await tried(new TrustedIsolation(), seen)).toContain('"etc"');
  });

  const sockets: [string, () => string][] = [
    ['a server on loopback, as Postgres and NATS are', () => `reach(${port})`],
    ['an abstract socket of the machine', () => `reach({ path: ${path(ABSTRACT)} })`],
  ];
  it.each(sockets)('cannot reach %s, which it could without', async (_what, expression) => {
    expect(await tried(new TrustedIsolation(), expression())).toBe('got connected');
    expect(await tried(bubblewrap, expression())).toMatch(/^refused E/);
  });

  it.each([
    ['the metadata address of a cloud', `reach({ host: '169.254.169.254', port: 80 })`],
    ['a host of the internet', `fetch('http://192.0.2.1/')`],
    ['names', `dns.resolve('example.org')`],
    ['names by the system', `dns.lookup('example.org')`],
    [
      'by datagrams',
      `new Promise((resolve, reject) => { dgram.createSocket('udp4').on('error', reject).send('x', 53, ` +
        `'127.0.0.1', (error) => error ? reject(error) : resolve()); })`,
    ],
    [
      'by listening',
      `new Promise((resolve, reject) => { net.createServer().on('error', reject).listen(0, '127.0.0.1', ` +
        'resolve); })',
    ],
  ])('cannot reach the network: %s', async (_what, expression) => {
    expect(await tried(bubblewrap, expression)).toMatch(/^refused /);
  });

  const writes: [string, () => string][] = [
    ['its module', () => `fs.promises.appendFile(${path(join(directory.path, `m${modules}.mjs`))}, 'x')`],
    ['node', () => 'fs.promises.appendFile(process.execPath, "x")'],
    ['the root', () => `fs.promises.writeFile('/x', 'x')`],
    ['/dev', () => `fs.promises.writeFile('/dev/x', 'x')`],
    [
      'the SDK',
      () =>
        `fs.promises.rm(${path(new URL('../../../../../libs/integration/dist', import.meta.url).pathname)}, ` +
        '{ recursive: true })',
    ],
  ];
  it.each(writes)('cannot write to %s', async (_what, expression) => {
    expect(await tried(bubblewrap, expression())).toMatch(/^refused (EROFS|EACCES|EPERM|EBUSY)/);
  });

  it('writes beside its module into nothing but its own memory', async () => {
    const write = `fs.promises.writeFile(${path(join(directory.path, 'new'))}, 'x')`;
    await tried(bubblewrap, write);
    expect(await readdir(directory.path)).not.toContain('new');
    expect(await tried(new TrustedIsolation(), write)).toBe('got undefined');
    expect(await readdir(directory.path)).toContain('new');
  });

  it('fills its own /tmp and nothing else', async () => {
    expect(
      await tried(
        bubblewrap,
        `(() => { for (let i = 0; i < 64; i++) fs.writeFileSync('/tmp/${MARK}' + i, ` +
          `Buffer.alloc(${MIB})); return 'all'; })()`,
      ),
    ).toBe('refused ENOSPC');
    expect((await readdir('/tmp')).some((name) => name.startsWith(MARK))).toBe(false);
    expect(
      await tried(bubblewrap, `fs.readdirSync('/tmp').filter((name) => name.startsWith('${MARK}')).length`),
    ).toBe('got 0');
  });

  it('finds behind its links only what it may see anyway', async () => {
    const root = join(directory.path, 'linked');
    await mkdir(join(root, 'node_modules'), { recursive: true });
    await symlink('/etc/passwd', join(root, 'passwd'));
    await symlink(join(directory.path, 'store'), join(root, 'node_modules', 'evil'));
    await writeFile(
      join(root, 'package.json'),
      JSON.stringify({ name: 'linked', type: 'module', dependencies: { evil: '*', '../../store': '*' } }),
    );
    const fenced = new BubblewrapIsolation({ ...bounds, roots: [root] });
    const order = await orderOf(
      {
        before:
          `const outcome = ['passwd', 'node_modules/evil/other-team/secret.arrow', ` +
          `'../store/other-team/secret.arrow'].map((name) => { try { return fs.readFileSync(new URL(name, ` +
          `import.meta.url), 'utf8'); } catch (error) { return error.code; } }).join();`,
        m: 'outcome',
      },
      'linked/hostile',
    );
    const runner = runnerWith(fenced);
    const shard = await runner.encode(
      order,
      await runner.plan(order, signal),
      { firstRow: 0, rowCount: 40 },
      signal,
      () => undefined,
    );
    expect(shard.samples.metadata[0]!.values[0]).toBe('ENOENT,ENOENT,ENOENT');
  });

  it('that forks endlessly is stopped, and none of its processes outlives it', async () => {
    const bomb =
      `const go = () => { for (let i = 0; i < 20; i++) spawn(process.execPath, ['-e', 'setInterval(() => ` +
      `{}, 1000) /* ${MARK} */'], { stdio: 'ignore', detached: true }).on('error', () => {}); }; ` +
      'setInterval(go, 20); await new Promise(() => {});';
    await expect(attack(bubblewrap, { preprocess: bomb })).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'INTEGRATION_PROCESSES_EXCEEDED',
    });
    await nothingLeft();
  });

  it('RELIABILITY 36: that is cut at any of 80 moments of its start leaves no process', async () => {
    const { modulePath } = await orderOf({}, `cut-${MARK}`);
    const start = async () =>
      new IntegrationProcess(
        await bubblewrap.launch({
          runtime: nodeRuntime,
          code: { kind: 'module', path: modulePath },
          network: false,
        }),
      );
    const startedMs = performance.now();
    const whole = await start();
    await whole.call('load', {}, { signal, stallMs: 20_000 });
    whole.kill();
    const startMs = performance.now() - startedMs;
    for (let cut = 0; cut < 80; cut++) {
      const sandbox = await start();
      await delay((cut / 80) ** 2 * startMs); // most in the first moments, in which bwrap forks
      sandbox.kill();
    }
    await nothingLeft();
  });

  it(
    'RELIABILITY 36: whose service is killed at any of 15 moments of its start leaves no process once a ' +
      'service starts again',
    async () => {
      const { modulePath } = await orderOf({}, `killed-${MARK}`);
      const runtimeUrl = new URL('./runtimes/node.js', import.meta.url).href;
      const bubblewrapUrl = new URL('./bubblewrap.isolation.js', import.meta.url).href;
      const service = `
      const { BubblewrapIsolation } = await import(${JSON.stringify(bubblewrapUrl)});
      const isolation = new BubblewrapIsolation(${JSON.stringify(bounds)});
      const { nodeRuntime: runtime } = await import(${JSON.stringify(runtimeUrl)});
      await isolation.require(runtime);
      for (;;) {
        process.stdout.write('starts\\n');
        const { child } = await isolation.launch({
          runtime,
          code: { kind: 'module', path: ${JSON.stringify(modulePath)} },
          network: false,
        });
        await new Promise((resolve) => setTimeout(resolve, 10));
        child.kill();
      }`;
      for (let cut = 0; cut < 15; cut++) {
        const killed = spawn(process.execPath, ['--input-type=module', '-e', service], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        await once(killed.stdout, 'data');
        await delay((cut / 15) * 12);
        killed.kill('SIGKILL');
        await once(killed, 'close');
      }
      await new BubblewrapIsolation(bounds).require(nodeRuntime);
      await nothingLeft();
    },
  );

  it(
    'RELIABILITY 36: that is left of a service that was killed is ended when one starts, and no other ' +
      'process',
    async () => {
      const [bwrap, never] = [join(directory.path, 'bwrap'), join(directory.path, 'never')];
      await symlink('/bin/sh', bwrap);
      execFileSync('mkfifo', [never]);
      const open = openSync(never, 'r+'); // who reads from it waits
      /**
       * A leader of a group with a process in it that is called bwrap and waits; the leader ends at once, or
       * stays.
       */
      const started = async (host: string, leader: string): Promise<number> => {
        const child = spawn(
          '/bin/sh',
          [
            '-c',
            `"$0" -c 'read line < "$0"; : ${MARK}' "$1" --hostname ${host} end & ${leader}`,
            bwrap,
            never,
          ],
          { detached: true, stdio: 'ignore' },
        );
        if (leader === 'exit') await once(child, 'exit');
        await waitFor(() => commandsOf(child.pid!).includes('bwrap'), { what: 'its process' });
        return child.pid!;
      };
      const [forgotten, foreign, kept] = [
        await started('integration', 'exit'),
        await started('other', 'exit'),
        await started('integration', 'read line < "$1"'),
      ];
      expect(await endForgottenSandboxes('integration')).toBe(1);
      await waitFor(() => commandsOf(forgotten).length === 0, { what: 'the forgotten one to end' });
      for (const group of [foreign, kept]) {
        expect(commandsOf(group)).toContain('bwrap');
        process.kill(-group, 'SIGKILL');
      }
      closeSync(open);
      await nothingLeft();
    },
  );

  it('leaves no child behind when it ends', async () => {
    const orphan =
      `spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000) /* ${MARK} */'], { stdio: 'ignore', ` +
      'detached: true }).unref();';
    await expect(
      attack(bubblewrap, {
        preprocess: `${orphan} await new Promise((resolve) => setTimeout(resolve, 200)); process.exit(0)`,
      }),
    ).rejects.toMatchObject({ kind: 'unavailable', reason: 'INTEGRATION_CRASHED' });
    await nothingLeft();
  });

  it.each([
    [
      'in buffers',
      'const held = []; setInterval(() => held.push(Buffer.alloc(16 << 20, 1)), 5); await new ' +
        'Promise(() => {});',
      /MEMORY_EXCEEDED/,
    ],
    ['in one buffer', 'Buffer.alloc(2 ** 31 - 1, 1);', /MEMORY_EXCEEDED|HANDLER_THREW/],
    [
      'in the heap',
      'const held = []; for (;;) held.push({ at: held.length, text: "x" + held.length });',
      /MEMORY_EXCEEDED|CRASHED/,
    ],
    [
      'in its children',
      `for (let i = 0; i < 2; i++) spawn(process.execPath, ['-e', 'const b = Buffer.alloc(120 << 20, ` +
        `1); setInterval(() => b.length, 1000) /* ${MARK} */'], { stdio: 'ignore' }); await new ` +
        'Promise(() => {});',
      /MEMORY_EXCEEDED/,
    ],
    [
      'in a worker thread',
      'const { Worker } = await import("node:worker_threads"); new Worker("const held = []; ' +
        'setInterval(() => held.push(Buffer.alloc(16 << 20, 1)), 5)", { eval: true }); await new ' +
        'Promise(() => {});',
      /MEMORY_EXCEEDED/,
    ],
  ])('that eats memory %s is stopped soon, while we hold none of it', async (_where, preprocess, reason) => {
    const before = process.memoryUsage.rss();
    await expect(attack(bubblewrap, { preprocess })).rejects.toMatchObject({
      reason: expect.stringMatching(reason) as string,
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
    await nothingLeft();
  });

  it('that writes without end is stopped, and we keep only the last words', async () => {
    const before = process.memoryUsage.rss();
    await expect(
      attack(bubblewrap, { preprocess: `for (;;) fs.writeSync(1, Buffer.alloc(65536, 'x'));` }),
    ).rejects.toMatchObject({ kind: 'precondition', reason: 'INTEGRATION_OUTPUT_EXCEEDED' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
  });

  it('that loops is stopped for its silence, one that works on and on for its CPU time', async () => {
    await expect(attack(bubblewrap, { preprocess: 'for (;;);' }, 1_500)).rejects.toMatchObject({
      kind: 'timeout',
      reason: 'INTEGRATION_STALLED',
    });
    const short = new BubblewrapIsolation({ ...bounds, cpuMs: 1_000 });
    await expect(
      attack(short, {
        before: 'const { Worker } = await import("node:worker_threads");',
        preprocess: 'new Worker("for (;;);", { eval: true }); await new Promise(() => {});',
      }),
    ).rejects.toMatchObject({ kind: 'precondition', reason: 'INTEGRATION_CPU_EXCEEDED' });
  });

  const result = (answer: string) => `{"kind":"result","result":${answer}}`;
  const honest = '{"labelled":false,"metadata":[]}';
  const frames: [string, string][] = [
    [
      'longer than any answer',
      `fs.writeSync(3, Buffer.from([0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]))`,
    ],
    ['no JSON', `frame('{"kind":')`],
    ['JSON of another kind', `frame({ kind: 'done' })`],
    ['null', 'frame(null)'],
    ['deeply nested', `frame('['.repeat(100000) + ']'.repeat(100000))`],
    ['progress beyond measure', `frame({ kind: 'progress', done: 1e300 })`],
    [
      'progress that does not move',
      `frame({ kind: 'progress', done: 1 }); frame({ kind: 'progress', done: 1 })`,
    ],
    ['an answer without its numbers', `frame('${result(honest)}')`],
    ['an answer with too many numbers', `frame('${result(honest)}', Buffer.alloc(100000))`],
    [
      'numbers that are NaN',
      `frame('${result(honest)}', Buffer.concat([Buffer.from(new Float32Array(40).fill(NaN).buffer), ` +
        'Buffer.alloc(160), Buffer.alloc(160)]))',
    ],
    ['samples without ids', `frame('${result(honest)}', Buffer.alloc(480))`],
    [
      'a prototype',
      `frame('${result('{"labelled":false,"metadata":[],"__proto__":{"polluted":true}}')}', ` +
        'Buffer.alloc(480))',
    ],
    [
      'a prototype as column',
      `frame('${result('{"labelled":false,"metadata":[{"name":"m","type":null,"__proto__":{"polluted":true}}]}')}', ` +
        'Buffer.alloc(480))',
    ],
    [
      'a column without a type that there is',
      `frame('${result('{"labelled":false,"metadata":[{"name":"m","type":"function"}]}')}', ` +
        'Buffer.alloc(480))',
    ],
    [
      'a fault with a prototype',
      `frame('{"kind":"fault","fault":{"kind":"invalid","reason":"X","message":"m",` +
        `"metadata":{"__proto__":{"polluted":true}},"constructor":1}}')`,
    ],
  ];
  it.each(frames)('that writes into our channel: %s', async (_what, code) => {
    const sent = attack(bubblewrap, {
      before:
        'let sent = false; globalThis.attackAt = (index) => { if (index === 20 && !sent) { sent = true; ' +
        `${code}; } };`,
    });
    await expect(sent).rejects.toMatchObject({ kind: 'invalid', reason: 'INTEGRATION_ANSWER_INVALID' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('cannot claim an error that is ours: who may not, and whether to try again', async () => {
    const claim = (kind: string) =>
      attack(bubblewrap, {
        preprocess:
          `frame({ kind: 'fault', fault: { kind: '${kind}', reason: 'CLAIMED', message: 'm', metadata: {} ` +
          '} }); await new Promise(() => {});',
      });
    for (const kind of ['unauthenticated', 'unavailable', 'data-loss'])
      await expect(claim(kind)).rejects.toMatchObject({ kind: 'invalid', reason: 'CLAIMED' });
  });

  it.each([
    ['its parent', 'process.kill(process.ppid, "SIGKILL")'],
    ['all it can', 'process.kill(-1, "SIGKILL")'],
    ['the first process', 'process.kill(1, "SIGKILL")'],
    ['us', `process.kill(${process.pid}, "SIGKILL")`],
    ['itself', 'process.abort()'],
    ['itself softly', 'process.exit(0)'],
  ])('that kills %s harms only itself', async (_whom, code) => {
    const outcome = await attack(bubblewrap, { preprocess: `try { ${code}; } catch {}` }).then(
      () => 'lived',
      (error: { reason: string }) => error.reason,
    );
    expect(['lived', 'INTEGRATION_CRASHED']).toContain(outcome);
    expect((await attack(bubblewrap, {})).samples.sampleIds).toHaveLength(40);
  });

  it('that has bent what all objects share bends only its own', async () => {
    const shard = await attack(bubblewrap, {
      before: `Object.prototype.polluted = true; Array.prototype.map = () => { throw new Error('bent'); };`,
    }).catch((error: { reason: string }) => error.reason);
    expect(shard).toBeTypeOf('string');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect([1].map((n) => n)).toEqual([1]);
  });
});
