import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchServer } from '@noema/local-servers';
import { toolPath } from '../../src/helm.program.js';
import { missingImages } from './real-images.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SCRIPT = join(ROOT, 'tools/kube-node.sh');
const HOME = join(tmpdir(), 'noema-kube-real');
/** Programs that `tools/kube.sh node` builds, and Debian's. */
const BUILT = ['apiserver', 'controller-manager', 'scheduler', 'proxy', 'router'].map(
  (name) => `kube-${name}`,
);
const INSTALLED = ['containerd', 'runc', 'etcd', 'iptables', 'ipset', 'conntrack', 'nsenter', 'buildah'];

/** A Kubernetes of one node in namespaces of its own. */
export interface RealNode {
  /** State, logs, sockets and volumes. */
  readonly directory: string;
  readonly kubeconfig: string;
  /** Runs a program in the namespaces of the node, so that it ends with it, with helm and kubectl at hand. */
  run(program: string, args: readonly string[], input?: unknown): Promise<string>;
  kubectl(args: readonly string[], input?: unknown): Promise<string>;
  /** Loads an archive with an image. */
  importImage(archive: string): Promise<string>;
  /** Ends the node and all pods, and removes what it has left. */
  stop(): Promise<void>;
}

/** The parts of a real node that this machine lacks, each with the action that brings it. */
export async function missing(): Promise<string[]> {
  const built = [...BUILT, 'kubelet', 'coredns', 'pause'];
  const onPath = (name: string): boolean => {
    try {
      execFileSync('sh', ['-c', `command -v ${name}`], { env: { PATH: PATH }, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '');
  const root = process.getuid?.() === 0;
  const programs = INSTALLED.filter((name) => !onPath(name));
  return [
    ...(root ? [] : ['root (a node makes namespaces and mounts)']),
    ...(/ cgroup /.test(mounts) ? [] : ['cgroups of version 1 (of version 2 it has not run)']),
    ...built
      .filter((name) => toolPath(`kube/${name}`) === undefined)
      .map((name) => `${name} (\`tools/kube.sh node\` builds it with Go)`),
    ...['helm', 'kubectl', 'nats-server', 'weed'].filter((name) => toolPath(name) === undefined),
    ...programs.map((name) => `${name} (of Debian)`),
    ...(root && !programs.includes('buildah') ? missingImages() : []),
    ...(installed() ? [] : ['the packages of package-lock.json (`make install`)']),
  ];
}

/** The node has no way out: a command of the document that installs packages there would remove them. */
const installed = (): boolean =>
  spawnSync('make', ['-q', 'node_modules/.package-lock.json'], { cwd: ROOT }).status === 0;

const PATH = [join(ROOT, '.tools'), process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);

/**
 * Starts the node and waits until it is ready. Its folder is named after this process: the folders, and the
 * cgroups, of processes that were killed are removed first.
 */
export async function startNode(): Promise<RealNode> {
  await mkdir(HOME, { recursive: true });
  for (const name of await readdir(HOME)) if (!runs(Number(name))) await sweep(join(HOME, name));
  const directory = join(HOME, String(process.pid));
  const kubeconfig = join(directory, 'kubeconfig');
  const inNode = async (program: string, args: readonly string[], input?: unknown) => {
    const pid = await readFile(join(directory, 'pid'), 'utf8');
    const env = {
      ...process.env,
      PATH,
      HOME: directory,
      KUBECONFIG: kubeconfig,
      XDG_CACHE_HOME: join(directory, 'cache'),
    };
    return execute('nsenter', ['--target', pid.trim(), '--all', '--', program, ...args], env, input);
  };
  const kubectl = (args: readonly string[], input?: unknown) => inNode('kubectl', args, input);
  const ready = ['get', 'node', 'node1', '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'];
  const server = await launchServer(
    {
      name: 'the node',
      program: SCRIPT,
      args: [directory],
      env: { PATH },
      ready: () =>
        kubectl(ready).then(
          (status) => status === 'True',
          () => false,
        ),
    },
    300_000,
  ).catch(async (error: unknown) => {
    await sweep(directory);
    throw error;
  });
  return {
    directory,
    kubeconfig,
    kubectl,
    run: inNode,
    importImage: (archive) =>
      inNode('ctr', [
        '--address',
        join(directory, 'containerd.sock'),
        '--namespace',
        'k8s.io',
        'images',
        'import',
        archive,
      ]),
    stop: async () => {
      await server.stop('SIGKILL');
      await sweep(directory);
    },
  };
}

const sweep = (directory: string): Promise<string> => execute(SCRIPT, ['--sweep', directory], { PATH });

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function execute(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input?: unknown,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 64 * 2 ** 20, env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${args.slice(-8).join(' ')}: ${stderr}${stdout}`, { cause: error }));
    });
    child.stdin?.end(input === undefined || typeof input === 'string' ? input : JSON.stringify(input));
  });
}
