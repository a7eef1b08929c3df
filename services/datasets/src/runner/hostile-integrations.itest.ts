import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Attacks, HostileParts } from '../../test/hostile/attacks.js';
import { nodeAttacks } from '../../test/hostile/node.attacks.js';
import { pythonAttacks } from '../../test/hostile/python.attacks.js';
import { PYTHON } from '../../test/python-interpreter.js';
import { moduleRunner, orderOfModule } from '../../test/runner-orders.js';
import type { OpenOrder } from '../ingestion/ingestion.ports.js';
import { BubblewrapIsolation } from './bubblewrap.isolation.js';
import { endForgottenSandboxes } from './forgotten.sandboxes.js';
import { UserProcess } from './user-process.js';
import type { Isolation } from './isolation.js';
import type { ProcessRunner } from './process-runner.js';
import { nodeRuntime } from './runtimes/node.js';
import { TrustedIsolation } from './trusted.isolation.js';

const MIB = 2 ** 20;
const bounds = {
  roots: [],
  memoryBytes: 256 * MIB,
  cpuMs: 20_000,
  tasks: 48,
  tmpBytes: 8 * MIB,
  interpreters: { python: PYTHON },
};
const bubblewrap = new BubblewrapIsolation(bounds);
const trusted = new TrustedIsolation(bounds.interpreters);
/** Why modules of a runtime cannot run in a sandbox here. */
const whyNot = async ({ runtime }: Attacks): Promise<string | undefined> => {
  const why = await bubblewrap.require(runtime).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (why !== undefined) console.warn(`skipped: hostile integrations for ${runtime.key}: ${why}`);
  return why;
};
const missing = await whyNot(nodeAttacks);
const languages = [
  ['JavaScript', nodeAttacks, missing],
  ['Python', pythonAttacks, await whyNot(pythonAttacks)],
] as const;

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
const getExtension = ({ runtime }: Attacks): string => runtime.extensions.at(-1)!;

async function makeOrder(attacks: Attacks, parts: HostileParts, name = `m${modules++}`): Promise<OpenOrder> {
  const modulePath = join(directory.path, `${name}${getExtension(attacks)}`);
  await writeFile(modulePath, attacks.module(parts));
  return orderOfModule(modulePath, 40, name);
}

const attack = async (isolation: Isolation, attacks: Attacks, parts: HostileParts, stallMs?: number) => {
  const [runner, order] = [runnerWith(isolation, stallMs), await makeOrder(attacks, parts)];
  const plan = await runner.plan(order, signal);
  return runner.encode(order, plan, { firstRow: 0, rowCount: 40 }, signal, () => undefined);
};
/** The value of an expression inside: `got <text>`, or `refused <code>`. */
const tried = async (isolation: Isolation, attacks: Attacks, expression: string): Promise<string> => {
  const shard = await attack(isolation, attacks, attacks.attempt(expression));
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
/** Lists the commands that run in a process group, by the names that the kernel has. */
const listCommands = (group: number): string[] =>
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

describe.each(languages)('a hostile integration in %s', (_language, attacks, why) => {
  describe.skipIf(why !== undefined)('in bubblewrap', () => {
    const reads: [string, () => string][] = [
      ['the users of the machine', () => attacks.readFile('/etc/passwd')],
      ['the environment of the service', () => attacks.countBytes(`/proc/${process.pid}/environ`)],
      ['the environment of its parent', () => attacks.countParentEnvironment],
      [
        'a file of another team in the store',
        () => attacks.readFile(join(directory.path, 'store/other-team/secret.arrow')),
      ],
      ['the list of the folder that its module is in', () => attacks.listFolder(directory.path, 'store')],
      [
        'the code of the platform',
        () => attacks.readFile(new URL('../../../../../package.json', import.meta.url).pathname),
      ],
    ];
    it.each(reads)('cannot read %s, which it could without', async (_what, expression) => {
      expect(await tried(trusted, attacks, expression())).toMatch(/^got /);
      expect(await tried(bubblewrap, attacks, expression())).toMatch(/^refused (ENOENT|EACCES|only its own)/);
    });

    it('finds no process of the machine, no setting, no secret, and none of our arguments', async () => {
      expect(await tried(bubblewrap, attacks, attacks.surroundings)).toBe('got [false,[],[],false,[]]');
      expect(await tried(trusted, attacks, attacks.surroundings)).toContain('"etc"');
    });

    const sockets: [string, () => string][] = [
      ['a server on loopback, as Postgres and NATS are', () => attacks.reachPort(port)],
      ['an abstract socket of the machine', () => attacks.reachAbstract(ABSTRACT)],
    ];
    it.each(sockets)('cannot reach %s, which it could without', async (_what, expression) => {
      expect(await tried(trusted, attacks, expression())).toBe('got connected');
      expect(await tried(bubblewrap, attacks, expression())).toMatch(/^refused E/);
    });

    it.each(attacks.network)('cannot reach the network: %s', async (_what, expression) => {
      expect(await tried(bubblewrap, attacks, expression)).toMatch(/^refused /);
    });

    const writes: [string, () => string][] = [
      ['its module', () => attacks.appendTo(join(directory.path, `m${modules}${getExtension(attacks)}`))],
      ['its interpreter', () => attacks.appendToInterpreter],
      ['the root', () => attacks.writeTo('/x')],
      ['/dev', () => attacks.writeTo('/dev/x')],
      ['the SDK', () => attacks.removeFolder(attacks.sdk)],
    ];
    it.each(writes)('cannot write to %s', async (_what, expression) => {
      expect(await tried(bubblewrap, attacks, expression())).toMatch(/^refused (EROFS|EACCES|EPERM|EBUSY)/);
    });

    it('writes next to its module into nothing but its own memory', async () => {
      const name = `new${getExtension(attacks)}.txt`;
      const write = attacks.writeTo(join(directory.path, name));
      await tried(bubblewrap, attacks, write);
      expect(await readdir(directory.path)).not.toContain(name);
      expect(await tried(trusted, attacks, write)).toMatch(/^got /);
      expect(await readdir(directory.path)).toContain(name);
    });

    it('fills its own /tmp and nothing else', async () => {
      expect(await tried(bubblewrap, attacks, attacks.fillTmp(MARK))).toBe('refused ENOSPC');
      expect((await readdir('/tmp')).some((name) => name.startsWith(MARK))).toBe(false);
      expect(await tried(bubblewrap, attacks, attacks.countTmp(MARK))).toBe('got 0');
    });

    it('finds behind its links only what it may see anyway', async () => {
      const folder = `linked-${attacks.runtime.key}`;
      const root = join(directory.path, folder);
      await mkdir(join(root, 'node_modules'), { recursive: true });
      await symlink('/etc/passwd', join(root, 'passwd'));
      await symlink(join(directory.path, 'store'), join(root, 'node_modules', 'evil'));
      await writeFile(
        join(root, 'package.json'),
        JSON.stringify({ name: 'linked', type: 'module', dependencies: { evil: '*', '../../store': '*' } }),
      );
      await writeFile(join(root, 'pyproject.toml'), '[project]\nname = "linked"\n');
      const fenced = new BubblewrapIsolation({ ...bounds, roots: [root] });
      const order = await makeOrder(
        attacks,
        attacks.readBeside([
          'passwd',
          'node_modules/evil/other-team/secret.arrow',
          '../store/other-team/secret.arrow',
        ]),
        `${folder}/hostile`,
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
      const preprocess = attacks.forkEndlessly({ mark: MARK });
      await expect(attack(bubblewrap, attacks, { preprocess })).rejects.toMatchObject({
        kind: 'precondition',
        reason: 'INTEGRATION_PROCESSES_EXCEEDED',
      });
      await nothingLeft();
    });

    it('leaves no child behind when it ends', async () => {
      const preprocess = attacks.leaveOrphan({ mark: MARK });
      await expect(attack(bubblewrap, attacks, { preprocess })).rejects.toMatchObject({
        kind: 'unavailable',
        reason: 'INTEGRATION_CRASHED',
      });
      await nothingLeft();
    });

    it.each(attacks.eatMemory({ mark: MARK }))(
      'that eats memory %s is stopped soon, while we hold none of it',
      async (_where, preprocess, reason) => {
        const before = process.memoryUsage.rss();
        await expect(attack(bubblewrap, attacks, { preprocess })).rejects.toMatchObject({
          reason: expect.stringMatching(reason) as string,
        });
        expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
        await nothingLeft();
      },
    );

    it('that writes without end is stopped, and we keep only the last words', async () => {
      const before = process.memoryUsage.rss();
      await expect(attack(bubblewrap, attacks, { preprocess: attacks.writeEndlessly })).rejects.toMatchObject(
        { kind: 'precondition', reason: 'INTEGRATION_OUTPUT_EXCEEDED' },
      );
      expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
    });

    it('that loops is stopped for its silence, one that works on and on for its CPU time', async () => {
      await expect(attack(bubblewrap, attacks, { preprocess: attacks.loop }, 2_500)).rejects.toMatchObject({
        kind: 'timeout',
        reason: 'INTEGRATION_STALLED',
      });
      const short = new BubblewrapIsolation({ ...bounds, cpuMs: 1_000 });
      await expect(attack(short, attacks, attacks.loopInThread)).rejects.toMatchObject({
        kind: 'precondition',
        reason: 'INTEGRATION_CPU_EXCEEDED',
      });
    });

    const result = (answer: string) => `{"kind":"result","result":${answer}}`;
    const honest = '{"labelled":false,"metadata":[]}';
    const polluting = '"__proto__":{"polluted":true}';
    const frames: [string, string][] = [
      ['longer than any answer', attacks.sendBytes([0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f])],
      ['no JSON', attacks.sendFrame('{"kind":')],
      ['JSON of another kind', attacks.sendFrame('{"kind":"done"}')],
      ['null', attacks.sendFrame('null')],
      ['deeply nested', attacks.sendNested],
      ['progress beyond measure', attacks.sendFrame('{"kind":"progress","done":1e300}')],
      [
        'progress that does not move',
        `${attacks.sendFrame('{"kind":"progress","done":1}')}; ` +
          attacks.sendFrame('{"kind":"progress","done":1}'),
      ],
      ['an answer without its numbers', attacks.sendFrame(result(honest))],
      ['an answer with too many numbers', attacks.sendFrame(result(honest), 100_000)],
      ['numbers that are NaN', attacks.sendFrame(result(honest), 320, 40)],
      ['samples without ids', attacks.sendFrame(result(honest), 480)],
      ['a prototype', attacks.sendFrame(result(`{"labelled":false,"metadata":[],${polluting}}`), 480)],
      [
        'a prototype as column',
        attacks.sendFrame(
          result(`{"labelled":false,"metadata":[{"name":"m","type":null,${polluting}}]}`),
          480,
        ),
      ],
      [
        'a column without a type that exists',
        attacks.sendFrame(result('{"labelled":false,"metadata":[{"name":"m","type":"function"}]}'), 480),
      ],
      [
        'a fault with a prototype',
        attacks.sendFrame(
          `{"kind":"fault","fault":{"kind":"invalid","reason":"X","message":"m","metadata":{${polluting}},` +
            '"constructor":1}}',
        ),
      ],
    ];
    it.each(frames)('that writes into our channel: %s', async (_what, statement) => {
      await expect(attack(bubblewrap, attacks, attacks.atSample20(statement))).rejects.toMatchObject({
        kind: 'invalid',
        reason: 'INTEGRATION_ANSWER_INVALID',
      });
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });

    it('cannot claim an error that is ours: who may not, and whether to try again', async () => {
      const claim = (kind: string) => {
        const fault = { kind, reason: 'CLAIMED', message: 'm', metadata: {} };
        return attack(bubblewrap, attacks, {
          preprocess: `${attacks.sendFrame(JSON.stringify({ kind: 'fault', fault }))}; ${attacks.waitForever}`,
        });
      };
      for (const kind of ['unauthenticated', 'unavailable', 'data-loss'])
        await expect(claim(kind)).rejects.toMatchObject({ kind: 'invalid', reason: 'CLAIMED' });
    });

    it.each(attacks.kills(process.pid))('that kills %s harms only itself', async (_whom, preprocess) => {
      const outcome = await attack(bubblewrap, attacks, { preprocess }).then(
        () => 'lived',
        (error: { reason: string }) => error.reason,
      );
      expect(['lived', 'INTEGRATION_CRASHED']).toContain(outcome);
      expect((await attack(bubblewrap, attacks, {})).samples.sampleIds).toHaveLength(40);
    });

    it('that has bent what all code of its process shares bends only its own', async () => {
      const shard = await attack(bubblewrap, attacks, { before: attacks.bend }).catch(
        (error: { reason: string }) => error.reason,
      );
      expect(shard).toBeTypeOf('string');
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect([1].map((n) => n)).toEqual([1]);
    });
  });
});

// These are about sandboxes that start, whatever runs in them.
describe.skipIf(missing !== undefined)('a sandbox', () => {
  it('RELIABILITY 36: that is cut at any of 80 moments of its start leaves no process', async () => {
    const { modulePath } = await makeOrder(nodeAttacks, {}, `cut-${MARK}`);
    const start = async () =>
      new UserProcess(
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
    const startMs = Math.min(performance.now() - startedMs, 1_000);
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
      const { modulePath } = await makeOrder(nodeAttacks, {}, `killed-${MARK}`);
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
        await waitFor(() => listCommands(child.pid!).includes('bwrap'), { what: 'its process' });
        return child.pid!;
      };
      const [forgotten, foreign, kept] = [
        await started('integration', 'exit'),
        await started('other', 'exit'),
        await started('integration', 'read line < "$1"'),
      ];
      expect(await endForgottenSandboxes('integration')).toBe(1);
      await waitFor(() => listCommands(forgotten).length === 0, { what: 'the forgotten one to end' });
      for (const group of [foreign, kept]) {
        expect(listCommands(group)).toContain('bwrap');
        process.kill(-group, 'SIGKILL');
      }
      closeSync(open);
      await nothingLeft();
    },
  );
});
