import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { LruCache } from '@noema/kernel';
import { isolationUnavailable, moduleUnreadable } from '../integration/integration.errors.js';
import { type CodeClosure, isBelow } from './code.closure.js';
import { endForgottenSandboxes } from './forgotten.sandboxes.js';
import type { Isolation, Launched, LaunchOrder } from './isolation.js';
import type { ProcessBounds } from './process.bounds.js';
import { CHANNEL_FD } from './runner.protocol.js';
import {
  type Interpreters,
  MAX_RUNTIMES,
  type RuntimeProgram,
  RuntimePrograms,
  type RuntimeSpec,
} from './runtimes/runtime.js';
import { seccompFilter } from './seccomp.filter.js';

const run = promisify(execFile);
/** Where a bundle is seen inside. */
export const BUNDLE_ROOT = '/integration';
/** Where the packages of its environment are seen inside. */
export const PACKAGES_ROOT = '/packages';
const SECCOMP_FD = CHANNEL_FD + 1;
/** Who user code is outside when we are root, and who it takes itself to be inside. */
const [OUTER_ID, INNER_ID] = [65_533, 65_534];
const DEVICES = ['null', 'zero', 'random', 'urandom'].map((name) => `/dev/${name}`);
const RESOLVER = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/ssl/certs'];
/** Host name inside. */
const HOST = 'integration';
const OPEN_FILES = 512;
const FILE_BYTES = 2 ** 31;
/**
 * Bytes that a process maps beyond the memory that it may hold: stacks of threads, code, room of the
 * allocator.
 */
const DATA_SLACK = 2 ** 29;
/** A process is kept for the next shards; the limit on one call is watched from outside. */
const CALLS_OF_A_PROCESS = 24;

export interface BubblewrapOptions extends ProcessBounds {
  /** Folders that module paths may lie in; empty for any, where users are trusted. */
  readonly roots: readonly string[];
  readonly bwrap?: string;
  readonly interpreters?: Interpreters | undefined;
}

interface Base {
  readonly bwrap: string;
  readonly prlimit: string;
  /** Of prlimit. */
  readonly libraries: readonly string[];
}

/**
 * Namespaces of its own (user, process, network, IPC, host name, cgroup), no capability, no view of the host
 * but the runtime, the SDK and the module's own code, all of it read-only; limits that the kernel holds
 * (prlimit), a filter of system calls, and a watch over memory and time from outside.
 */
export class BubblewrapIsolation implements Isolation {
  readonly name = 'bubblewrap';
  private readonly bases = new LruCache<Base>(1);
  private readonly tried = new LruCache<RuntimeProgram>(MAX_RUNTIMES);
  private readonly programs: RuntimePrograms;

  constructor(private readonly options: BubblewrapOptions) {
    this.programs = new RuntimePrograms(options.interpreters);
  }

  async require(runtime: RuntimeSpec): Promise<void> {
    await this.base();
    await this.program(runtime);
  }

  async launch(order: LaunchOrder): Promise<Launched> {
    const { runtime, code, packages, network } = order;
    const [base, program] = [await this.base(), await this.program(runtime)];
    const closure =
      code.kind === 'module'
        ? withPackages(await this.findClosure(runtime, code.path), packages?.path)
        : withPackages(bundleAt(code.directory), packages?.path);
    const sandbox = this.sandbox(base, program, network, closure);
    const child = spawn(
      base.bwrap,
      [
        ...sandbox,
        '--seccomp',
        String(SECCOMP_FD),
        '--',
        ...this.limited(base),
        program.file,
        ...(await runtime.args(this.options, packages && PACKAGES_ROOT)),
      ],
      { env: {}, cwd: '/', stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], detached: true, ...asNobody },
    );
    child.kill = () => killGroup(child);
    child.once('exit', () => killGroup(child));
    const filter = child.stdio[SECCOMP_FD] as Writable;
    filter.on('error', () => undefined);
    filter.end(seccompFilter({ network }));
    return {
      child,
      channel: child.stdio[CHANNEL_FD] as Duplex,
      modulePath: code.kind === 'module' ? code.path : join(BUNDLE_ROOT, code.entry),
      bounds: this.options,
      noise: runtime.noise,
    };
  }

  private base(): Promise<Base> {
    return this.bases.get('base', () => this.probe());
  }

  /** Ends what a predecessor has left, and finds what every sandbox needs. */
  private async probe(): Promise<Base> {
    await endForgottenSandboxes(HOST);
    if (seccompFilter({ network: false }) === undefined)
      throw isolationUnavailable(`there is no filter of system calls for ${process.arch}`);
    const bwrap = this.options.bwrap ?? (await onPath('bwrap', 'bubblewrap'));
    const prlimit = await found('prlimit', 'util-linux', ['/usr/bin/prlimit', '/bin/prlimit']);
    return { bwrap, prlimit, libraries: await linkedTo(prlimit) };
  }

  /** The program of a runtime, once a sandbox with it has worked. */
  private program(runtime: RuntimeSpec): Promise<RuntimeProgram> {
    return this.tried.get(runtime.key, () => this.tryProgram(runtime));
  }

  private async tryProgram(runtime: RuntimeSpec): Promise<RuntimeProgram> {
    const [base, program] = [await this.base(), await this.programs.find(runtime)];
    await run(
      base.bwrap,
      [...this.sandbox(base, program, false), '--', ...this.limited(base), program.file, ...runtime.probe],
      { env: {}, cwd: '/', timeout: 20_000, ...asNobody },
    ).catch((error: Error & { readonly stderr?: string }) => {
      throw isolationUnavailable(
        `bubblewrap cannot make a sandbox for ${runtime.key}: ${error.stderr?.trim() || error.message}`,
      );
    });
    return program;
  }

  private async findClosure(runtime: RuntimeSpec, modulePath: string): Promise<CodeClosure> {
    const closure = await runtime.findClosure(modulePath, this.options.roots);
    if (asNobody.uid !== undefined)
      await run('test', ['-r', await realpath(modulePath)], { env: {}, ...asNobody }).catch(() => {
        throw moduleUnreadable(modulePath);
      });
    return closure;
  }

  private limited({ prlimit }: Base): string[] {
    const { memoryBytes, tasks, cpuMs } = this.options;
    const limits = {
      nproc: tasks,
      nofile: OPEN_FILES,
      fsize: FILE_BYTES,
      core: 0,
      memlock: 0,
      msgqueue: 0,
      data: memoryBytes + DATA_SLACK,
      cpu: Math.ceil(cpuMs / 1000) * CALLS_OF_A_PROCESS,
    };
    return [prlimit, ...Object.entries(limits).map(([name, value]) => `--${name}=${value}`), '--'];
  }

  private sandbox(
    { prlimit, libraries }: Base,
    program: RuntimeProgram,
    network: boolean,
    code?: CodeClosure,
  ): string[] {
    const isLink = program.closure.links.has(program.file); // as in a virtual environment
    const programs = [...(isLink ? [] : [program.file]), prlimit, ...program.libraries, ...libraries];
    const seen = new Map(programs.map((path) => [path, path]));
    const links = new Map<string, string>();
    for (const { paths, links: more, mounts } of [program.closure, ...(code === undefined ? [] : [code])]) {
      for (const path of paths) seen.set(path, path);
      for (const [inside, outside] of mounts ?? []) seen.set(inside, outside);
      for (const [place, target] of more) links.set(place, target);
    }
    const covered = (place: string): boolean =>
      [...seen.keys()].some((path) => path !== place && isBelow(place, path));
    return [
      '--unshare-all',
      ...(network ? ['--share-net'] : []),
      '--unshare-user',
      '--disable-userns',
      '--uid',
      String(INNER_ID),
      '--gid',
      String(INNER_ID),
      '--hostname',
      HOST,
      '--cap-drop',
      'ALL',
      '--die-with-parent',
      '--new-session',
      '--clearenv',
      ...Object.entries(program.env).flatMap(([name, value]) => ['--setenv', name, value]),
      '--chdir',
      '/',
      '--size',
      String(this.options.tmpBytes),
      '--tmpfs',
      '/tmp', // before what may have to be seen below it
      ...[...seen]
        .filter(([inside]) => !covered(inside))
        .sort(([a], [b]) => a.length - b.length)
        .flatMap(([inside, outside]) => ['--ro-bind', outside, inside]),
      ...[...links]
        .filter(([place]) => !covered(place))
        .flatMap(([place, target]) => ['--symlink', target, place]),
      ...DEVICES.flatMap((device) => ['--dev-bind', device, device]),
      ...(network ? RESOLVER.flatMap((path) => ['--ro-bind-try', path, path]) : []),
      '--remount-ro',
      '/',
    ];
  }
}

const bundleAt = (directory: string): CodeClosure => ({
  paths: new Set(),
  links: new Map(),
  mounts: new Map([[BUNDLE_ROOT, directory]]),
});

const withPackages = (code: CodeClosure, packages: string | undefined): CodeClosure =>
  packages === undefined
    ? code
    : { ...code, mounts: new Map([...(code.mounts ?? []), [PACKAGES_ROOT, packages]]) };

/**
 * Kills a process and what it has forked in its group. A sandbox that is cut while it starts has a child that
 * nothing else ends: bwrap forks it first, and only later moves it to a session of its own and sets its
 * parent-death signal.
 */
function killGroup({ pid }: ChildProcess): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Not root, even when we are: files of root, and the limit on processes, which the kernel does not hold root
 * to.
 */
const asNobody: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: OUTER_ID, gid: OUTER_ID } : {};

/**
 * The program on the PATH of this process; a program that is started with an empty environment would be
 * looked for elsewhere.
 */
async function onPath(name: string, debianPackage: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', `command -v ${name}`]).catch(() => ({ stdout: '' }));
  return found(name, debianPackage, stdout === '' ? [] : [stdout.trim()]);
}

async function found(name: string, debianPackage: string, places: readonly string[]): Promise<string> {
  for (const place of places)
    if (
      await access(place).then(
        () => true,
        () => false,
      )
    )
      return realpath(place);
  throw isolationUnavailable(`the program ${name} (Debian package ${debianPackage}) is not installed`);
}

async function linkedTo(program: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program], { env: {} });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
}
