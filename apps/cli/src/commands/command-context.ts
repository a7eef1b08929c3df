import { join } from 'node:path';
import type { Command } from 'commander';
import type { ArtifactStore } from '@noema/artifacts';
import { DomainError } from '@noema/kernel';
import {
  DataDirectory,
  lockHolder,
  openPlatformStore,
  type PlatformState,
  readJson,
} from '@noema/standalone';
import { type ReadArtifact, readThroughGateway } from '../download/read-artifact.js';
import { connectNoema, type Noema } from '../noema.js';
import { Terminal } from '../terminal/terminal.js';

/** Options that every command knows. */
export interface GlobalOptions {
  /** `.noema`, or `.noema-cluster` with `cluster`, when left out. */
  readonly dataDir?: string;
  readonly cluster?: boolean;
  readonly url?: string;
  readonly key?: string;
  readonly project?: string;
  readonly json?: boolean;
}

export interface Credentials {
  readonly team_id: string;
  readonly member_id: string;
  readonly api_key: string;
}

/** Context of a command: the terminal, the data directory, and on demand the platform. */
export class CommandContext {
  readonly terminal: Terminal;
  readonly directory: DataDirectory;

  constructor(
    readonly options: GlobalOptions,
    readonly signal: AbortSignal,
  ) {
    this.terminal = new Terminal({ json: options.json === true, out: process.stdout, err: process.stderr });
    this.directory = new DataDirectory(
      options.dataDir ?? (options.cluster === true ? '.noema-cluster' : '.noema'),
    );
  }

  static of(command: Command, signal: AbortSignal): CommandContext {
    return new CommandContext(command.optsWithGlobals<GlobalOptions>(), signal);
  }

  /** The platform that runs on the data directory, or `undefined` when nothing does. */
  async platform(): Promise<PlatformState | undefined> {
    return (await lockHolder(this.directory.path)) === undefined
      ? undefined
      : readJson<PlatformState>(this.directory.state);
  }

  /**
   * The platform by REST: --url and --key, else show what is running on the data directory. Throws `unavailable`
   * NOT_RUNNING or `unauthenticated` KEY_MISSING.
   */
  readonly connect = async (signal = this.signal): Promise<Noema> => {
    const url = this.options.url ?? (await this.platform())?.url;
    if (url === undefined)
      throw new DomainError(
        'unavailable',
        'NOT_RUNNING',
        `no platform runs on ${this.directory.path}; start one with "noema up", or name another with --url`,
      );
    const apiKey = this.options.key ?? (await readJson<Credentials>(this.directory.credentials))?.api_key;
    if (apiKey === undefined)
      throw new DomainError(
        'unauthenticated',
        'KEY_MISSING',
        `there is no API key: ${join(this.directory.path, 'credentials.json')} does not exist; give one ` +
          'with --key or NOEMA_API_KEY',
      );
    return connectNoema({ url, apiKey, signal });
  };

  /**
   * Where the page signs in by itself: the key is in the fragment, which no browser sends anywhere.
   * `undefined` without a key on this machine.
   */
  async signInLink(url: string): Promise<string | undefined> {
    const apiKey = this.options.key ?? (await readJson<Credentials>(this.directory.credentials))?.api_key;
    return apiKey === undefined ? undefined : `${url}/sign-in#key=${encodeURIComponent(apiKey)}`;
  }

  /**
   * Reads artifacts, each checked against its hash: from the store of the data directory, and through the gateway of
   * another platform.
   */
  artifacts(): ReadArtifact {
    let noema: Promise<Noema> | undefined;
    let store: Promise<ArtifactStore> | undefined;
    return async (owner, ref) => {
      if (ref === undefined)
        throw new DomainError(
          'precondition',
          'ARTIFACT_NOT_READY',
          'the artifact is not there yet; wait until its resource is ready',
        );
      if (this.options.url !== undefined)
        return readThroughGateway(await (noema ??= this.connect()), owner, ref, this.signal);
      return (await (store ??= openPlatformStore(this.directory))).get({
        ...ref,
        sizeBytes: Number(ref.sizeBytes),
      });
    };
  }

  /** Id of the project in use: the one named by --project, else the only one there is, else `default`. */
  async projectId(noema: Noema): Promise<string> {
    const { projects } = await noema.projects.listProjects({ pageSize: 1000 });
    const name = this.options.project;
    const wanted = name ?? (projects.length === 1 ? projects[0]!.id : 'default');
    const found = projects.filter((p) => p.displayName === wanted || p.id === wanted);
    if (found.length === 1) {
      const others = projects.filter((p) => p !== found[0]).map((p) => p.displayName);
      if (name === undefined && others.length > 0)
        this.terminal.note(
          `in project "${wanted}"; --project or NOEMA_PROJECT chooses another: ${others.join(', ')}`,
        );
      return found[0]!.id;
    }
    const known = projects.map((p) => p.displayName).join(', ') || 'none yet';
    if (name !== undefined)
      throw new DomainError(
        'not-found',
        'PROJECT_NOT_FOUND',
        `there is no project "${name}"; projects: ${known}`,
      );
    throw new DomainError(
      'invalid',
      'PROJECT_MISSING',
      `say which project with --project; projects: ${known}; \`noema projects create NAME\` creates one`,
    );
  }
}
