import { nodeRuntime } from '../../src/runner/runtimes/node.js';
import type { Attacks } from './attacks.js';

const text = (value: string): string => JSON.stringify(value);
const sleeper = (mark: string, body = ''): string =>
  `[process.execPath, ['-e', ${text(`${body}setInterval(() => {}, 1000) /* ${mark} */`)}]]`;

/** Attacks in JavaScript. */
export const nodeAttacks: Attacks = {
  runtime: nodeRuntime,
  module: ({ before = '', preprocess = '', x = 'index', m = '0' }) => `
import { defineIntegration } from ${text(import.meta.resolve('@noema/integration'))};
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as dns from 'node:dns/promises';
import * as dgram from 'node:dgram';
import { spawn } from 'node:child_process';
const frame = (header, body = Buffer.alloc(0)) => {
  const h = Buffer.from(header);
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
  attempt: (expression) => ({
    before:
      `const attempt = async () => { try { return 'got ' + String(await (${expression})).slice(0, 200); } ` +
      `catch (error) { return 'refused ' + (error.code ?? error.message); } }; const outcome = await ` +
      'attempt();',
    m: 'outcome',
  }),
  atSample20: (statement) => ({
    before:
      'let sent = false; globalThis.attackAt = (index) => { if (index === 20 && !sent) { sent = true; ' +
      `${statement}; } };`,
  }),

  readFile: (path) => `fs.promises.readFile(${text(path)}, 'utf8')`,
  countBytes: (path) => `fs.promises.readFile(${text(path)}).then((bytes) => bytes.length)`,
  countParentEnvironment: `fs.promises.readFile('/proc/' + process.ppid + '/environ').then((bytes) => bytes.length)`,
  listFolder: (path, name) =>
    `fs.promises.readdir(${text(path)}).then((names) => { if (!names.includes(${text(name)})) ` +
    `throw new Error('only its own'); return names; })`,
  surroundings:
    `JSON.stringify([fs.existsSync('/proc'), Object.keys(process.env), process.argv.slice(2), ` +
    `process.getuid() === 0, fs.readdirSync('/').filter((name) => ['etc', 'root', 'home', 'proc', ` +
    `'sys', 'var', 'run', 'opt'].includes(name))])`,
  readBeside: (paths) => ({
    before:
      `const outcome = ${JSON.stringify(paths)}.map((name) => { try { return fs.readFileSync(new URL(name, ` +
      `import.meta.url), 'utf8'); } catch (error) { return error.code; } }).join();`,
    m: 'outcome',
  }),

  reachPort: (port) => `reach(${port})`,
  reachAbstract: (name) => `reach({ path: ${text(name)} })`,
  network: [
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
  ],

  appendTo: (path) => `fs.promises.appendFile(${text(path)}, 'x')`,
  appendToInterpreter: 'fs.promises.appendFile(process.execPath, "x")',
  writeTo: (path) => `fs.promises.writeFile(${text(path)}, 'x')`,
  removeFolder: (path) => `fs.promises.rm(${text(path)}, { recursive: true })`,
  sdk: new URL('../../../../../libs/integration/dist', import.meta.url).pathname,
  fillTmp: (mark) =>
    `(() => { for (let i = 0; i < 64; i++) fs.writeFileSync('/tmp/${mark}' + i, ` +
    `Buffer.alloc(1048576)); return 'all'; })()`,
  countTmp: (mark) => `fs.readdirSync('/tmp').filter((name) => name.startsWith('${mark}')).length`,

  forkEndlessly: ({ mark }) =>
    `const go = () => { for (let i = 0; i < 20; i++) spawn(...${sleeper(mark)}, { stdio: 'ignore', ` +
    "detached: true }).on('error', () => {}); }; setInterval(go, 20); await new Promise(() => {});",
  leaveOrphan: ({ mark }) =>
    `spawn(...${sleeper(mark)}, { stdio: 'ignore', detached: true }).unref(); ` +
    'await new Promise((resolve) => setTimeout(resolve, 200)); process.exit(0)',
  eatMemory: ({ mark }) => [
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
      `for (let i = 0; i < 2; i++) spawn(...${sleeper(mark, 'const b = Buffer.alloc(120 << 20, 1); ')}, ` +
        "{ stdio: 'ignore' }); await new Promise(() => {});",
      /MEMORY_EXCEEDED/,
    ],
    [
      'in a worker thread',
      'const { Worker } = await import("node:worker_threads"); new Worker("const held = []; ' +
        'setInterval(() => held.push(Buffer.alloc(16 << 20, 1)), 5)", { eval: true }); await new ' +
        'Promise(() => {});',
      /MEMORY_EXCEEDED/,
    ],
  ],
  writeEndlessly: `for (;;) fs.writeSync(1, Buffer.alloc(65536, 'x'));`,
  loop: 'for (;;);',
  loopInThread: {
    before: 'const { Worker } = await import("node:worker_threads");',
    preprocess: 'new Worker("for (;;);", { eval: true }); await new Promise(() => {});',
  },

  sendFrame: (header, zeros = 0, nans = 0) =>
    `frame(${text(header)}, Buffer.concat([Buffer.from(new Float32Array(${nans}).fill(NaN).buffer), ` +
    `Buffer.alloc(${zeros})]))`,
  sendBytes: (bytes) => `fs.writeSync(3, Buffer.from(${JSON.stringify(bytes)}))`,
  sendNested: `frame('['.repeat(100000) + ']'.repeat(100000))`,
  waitForever: 'await new Promise(() => {})',
  kills: (ours) => [
    ['its parent', 'try { process.kill(process.ppid, "SIGKILL"); } catch {}'],
    ['all it can', 'try { process.kill(-1, "SIGKILL"); } catch {}'],
    ['the first process', 'try { process.kill(1, "SIGKILL"); } catch {}'],
    ['us', `try { process.kill(${ours}, "SIGKILL"); } catch {}`],
    ['itself', 'process.abort()'],
    ['itself softly', 'process.exit(0)'],
  ],
  bend: `Object.prototype.polluted = true; Array.prototype.map = () => { throw new Error('bent'); };`,
};
