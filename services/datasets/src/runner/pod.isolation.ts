import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join, relative, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DomainError } from '@noema/kernel';
import { dataExceedsPod } from '../data/data.errors.js';
import { environmentExceedsPod } from '../environment/environment.errors.js';
import { isolationUnavailable } from '../integration/integration.errors.js';
import { writeFrame } from './frame.js';
import type { Isolation, Launched, LaunchOrder, RunningChild } from './isolation.js';
import type { KubernetesClient, Pod } from './kubernetes.client.js';
import { POD_BUNDLE_ROOT, POD_PORT, podManifest, type PodTemplate } from './pod.manifest.js';
import type { UnpackRequest } from './runner.protocol.js';
import { type Interpreters, RuntimePrograms } from './runtimes/runtime.js';

const START_MS = 120_000;
const ASK_EVERY_MS = 250;
const CONNECT_MS = 10_000;
const END_MS = 10_000;
/** Largest body of a frame with files, far below what a process accepts, and the most files of one. */
const PIECE_BYTES = 2 ** 23;
const FRAME_FILES = 2_000;
/** Share of the /tmp of a pod that an environment, or data, may fill. */
const ENVIRONMENT_SHARE = 0.75;

export interface PodOptions extends Omit<PodTemplate, 'image' | 'runtimeClass'> {
  readonly image: string | undefined;
  readonly runtimeClass: string | undefined;
  /** In the image. */
  readonly interpreters?: Interpreters | undefined;
}

/**
 * Each process of user code in a pod of its own, under the runtime class that the operator has chosen; the
 * code goes there, and the answers come back, over one connection. Network policies keep everything else from
 * and to such pods (see the chart). Only for bundles: a pod sees no folder of ours.
 */
export class PodIsolation implements Isolation {
  readonly name = 'pod';
  private readonly programs: RuntimePrograms;

  constructor(
    private readonly kubernetes: KubernetesClient,
    private readonly options: PodOptions,
    private readonly place = { port: POD_PORT, bundleRoot: POD_BUNDLE_ROOT },
  ) {
    this.programs = new RuntimePrograms(options.interpreters);
  }

  require(): Promise<void> {
    return Promise.resolve().then(() => {
      this.template();
    });
  }

  async launch({ runtime, code, packages, network }: LaunchOrder): Promise<Launched> {
    const template = this.template();
    if (code.kind === 'module')
      throw isolationUnavailable(
        `the module ${code.path} is of this machine, which a pod does not see; upload it as a bundle`,
      );
    if (packages !== undefined && packages.bytes > template.tmpBytes * ENVIRONMENT_SHARE)
      throw environmentExceedsPod(packages.bytes, template.tmpBytes);
    if (code.bytes !== undefined && code.bytes > template.tmpBytes * ENVIRONMENT_SHARE)
      throw dataExceedsPod(code.bytes, template.tmpBytes);
    const token = randomBytes(32).toString('hex');
    const {
      metadata: { name },
    } = await this.kubernetes.create(
      podManifest(template, {
        command: await this.programs.podCommand(
          runtime,
          template,
          packages && packagesNextTo(this.place.bundleRoot),
        ),
        token,
        network,
        bundleRoot: this.place.bundleRoot,
      }),
    );
    const child = new PodProcess(this.kubernetes, name);
    try {
      const channel = await this.connected(await this.started(name));
      channel.write(token);
      await sendFiles(channel, code.directory, {});
      if (packages !== undefined) await sendFiles(channel, packages.path, { into: 'packages' });
      channel.once('close', () => {
        void child.lost();
      });
      return {
        child,
        channel,
        modulePath: `${this.place.bundleRoot}/${code.entry}`,
        noise: runtime.noise,
      };
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  private template(): PodTemplate {
    const { image, runtimeClass, interpreters: _, ...rest } = this.options;
    if (runtimeClass === undefined)
      throw isolationUnavailable(
        'NOEMA_POD_RUNTIME_CLASS is not set: without a runtime class that isolates, such as gVisor or ' +
          'Kata, a pod shares the kernel with all others',
      );
    if (image === undefined)
      throw isolationUnavailable(
        'NOEMA_POD_IMAGE is not set: the image that user code runs in, such as the one of this service',
      );
    return { ...rest, image, runtimeClass };
  }

  private async started(name: string): Promise<string> {
    for (const end = performance.now() + START_MS; performance.now() < end; await setTimeout(ASK_EVERY_MS)) {
      const { status } = await this.kubernetes.get(name);
      if (status?.phase === 'Running' && status.podIP !== undefined) return status.podIP;
      if (status?.phase === 'Failed' || status?.phase === 'Succeeded')
        throw notStarted(name, status.message ?? readEnd(status).how);
    }
    throw notStarted(
      name,
      (await this.kubernetes.get(name)).status?.containerStatuses?.[0]?.state?.waiting?.reason ??
        'it is still pending',
    );
  }

  /** The pod runs a little before its process listens. */
  private async connected(host: string): Promise<Socket> {
    for (const end = performance.now() + CONNECT_MS; ; await setTimeout(ASK_EVERY_MS)) {
      try {
        return await new Promise<Socket>((resolve, reject) => {
          const socket: Socket = connect({ host, port: this.place.port, timeout: CONNECT_MS }, () => {
            resolve(socket.setTimeout(0).setNoDelay(true));
          });
          socket.once('error', reject).once('timeout', () => {
            socket.destroy(new Error('no answer'));
          });
        });
      } catch (error) {
        if (performance.now() > end)
          throw notStarted(host, error instanceof Error ? error.message : String(error));
      }
    }
  }
}

/** A pod as a child process: it ends with its connection, and Kubernetes reports its exit code. */
class PodProcess extends EventEmitter implements RunningChild {
  readonly pid = undefined;
  readonly stdout = null;
  readonly stderr = null;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;

  constructor(
    private readonly kubernetes: KubernetesClient,
    private readonly name: string,
  ) {
    super();
  }

  kill(): boolean {
    this.signalCode ??= 'SIGKILL';
    this.kubernetes.delete(this.name).catch(() => undefined); // its deadline ends it then
    return true;
  }

  async lost(): Promise<void> {
    const { code, by } = readEnd(await this.lastStatus());
    this.exitCode ??= code;
    this.emit('exit', code, by);
    this.emit('close', code, by);
    this.kill();
  }

  /** The kubelet reports how a container ended some time after its connections have ended. */
  private async lastStatus(): Promise<Pod['status']> {
    for (const end = performance.now() + END_MS; ; await setTimeout(ASK_EVERY_MS)) {
      const pod = await this.kubernetes.get(this.name).catch(() => undefined);
      if (
        pod === undefined ||
        this.signalCode !== null ||
        terminated(pod.status) !== undefined ||
        performance.now() > end
      )
        return pod?.status;
    }
  }
}

const terminated = (status: Pod['status']) => status?.containerStatuses?.[0]?.state?.terminated;

function readEnd(status: Pod['status']): {
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
  readonly how: string;
} {
  const ended = terminated(status);
  if (ended?.reason === 'OOMKilled') return { code: 137, by: 'SIGKILL', how: 'it had too little memory' };
  return {
    code: ended?.exitCode ?? null,
    by: null,
    how: ended === undefined ? 'it was deleted' : `it ended with code ${ended.exitCode}`,
  };
}

/** Sends the files of a folder in frames of at most `MAX_UNPACKED_BYTES`; large files go in pieces. */
async function sendFiles(
  channel: Socket,
  directory: string,
  place: Pick<UnpackRequest['params'], 'into'>,
): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  let [files, contents, total]: [UnpackRequest['params']['files'][number][], Buffer[], number] = [[], [], 0];
  const flush = async (): Promise<void> => {
    if (files.length === 0) return;
    const request = { method: 'unpack', params: { files, ...place } } satisfies UnpackRequest;
    writeFrame(channel, request, contents);
    [files, contents, total] = [[], [], 0];
    if (channel.writableNeedDrain) await once(channel, 'drain');
  };
  for (const path of paths) {
    const content = await readFile(path);
    const name = relative(directory, path).split(sep).join('/');
    for (let from = 0; from === 0 || from < content.length; from += PIECE_BYTES) {
      const piece = content.subarray(from, from + PIECE_BYTES);
      if (total + piece.length > PIECE_BYTES || files.length >= FRAME_FILES) await flush();
      files.push({ path: name, bytes: piece.length, ...(from > 0 && { appended: true }) });
      contents.push(piece);
      total += piece.length;
    }
  }
  await flush();
}

/** Where a pod keeps the packages of its environment. */
const packagesNextTo = (bundleRoot: string): string => `${bundleRoot}-packages`;

const notStarted = (what: string, why: string): DomainError =>
  new DomainError(
    'unavailable',
    'INTEGRATION_POD_FAILED',
    `the pod of an integration (${what}) did not start: ${why}; look at its events (kubectl describe ` +
      'pod), the runtime class and the image',
  );
