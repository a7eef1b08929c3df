import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { ArtifactRef } from '@noema/kernel';
import type { Bundle } from '../bundle/unpack-bundle.js';
import {
  integrationChanged,
  modulePathInvalid,
  modulePathOutside,
} from '../integration/integration.errors.js';
import type { IntegrationCode } from '../integration/integration.js';
import { type DataArchive, digestArchive } from '../data/data-archive.js';
import type { DataStore } from '../data/data.store.js';
import { writeBundle } from './bundle.directory.js';
import { wheelsWithoutBundle } from '../environment/environment.errors.js';
import { digestWheels, type EnvironmentStore } from '../environment/environment.store.js';
import { REQUIREMENTS_FILE } from '../environment/requirements.js';
import { isBelow } from './code.closure.js';
import type { LaunchedCode, PackageFolder } from './isolation.js';
import { moduleDigest } from './module-digest.js';
import { manifestRuntime } from './runtimes/manifest.js';
import type { RuntimeSpec } from './runtimes/runtime.js';
import { MODULE_ENDINGS, requireRuntime } from './runtimes/runtime.registry.js';

export interface CodeSourceOptions {
  /** The uploaded bundles. */
  readonly bundles: { open(bundle: ArtifactRef): Promise<Bundle> };
  readonly environments: Pick<EnvironmentStore, 'open'>;
  readonly data: Pick<DataStore, 'open'>;
  /** Folders that modules may lie in; `undefined` for anywhere, where users are trusted. */
  readonly roots: readonly string[] | undefined;
}

/** Code that is ready to be launched. */
export interface ReadyCode {
  readonly runtime: RuntimeSpec;
  readonly code: LaunchedCode;
  readonly packages?: PackageFolder;
  /** To be called when its process has ended. */
  readonly release: () => Promise<void>;
}

type Place = Pick<IntegrationCode, 'modulePath' | 'bundle' | 'wheels' | 'data'>;

const digestTogether = (...digests: readonly string[]): string =>
  createHash('sha256').update(digests.join('\n')).digest('hex');

/** Finds the code of an integration, and whether it is still the one that was registered. */
export class CodeSource {
  constructor(private readonly options: CodeSourceOptions) {}

  /** Throws `precondition` MODULE_PATH_OUTSIDE_ROOTS, `invalid` MODULE_PATH_INVALID or BUNDLE_INVALID. */
  async computeDigest({ modulePath, bundle, wheels, data }: Place): Promise<string> {
    if (bundle !== null) {
      const { digest } = await this.options.bundles.open(bundle);
      if (data !== null) return digestTogether(digest, digestArchive(data));
      return wheels.length === 0 ? digest : digestTogether(digest, digestWheels(wheels));
    }
    await this.requirePlace({ modulePath, bundle });
    const digest = await moduleDigest(modulePath);
    return wheels.length === 0 ? digest : digestTogether(digest, digestWheels(wheels));
  }

  /** Throws `precondition` INTEGRATION_CHANGED when a module is not what it was; a bundle never changes. */
  async requireUnchanged(code: IntegrationCode): Promise<void> {
    if (code.bundle === null && (await this.computeDigest(code)) !== code.digest)
      throw integrationChanged(code.modulePath);
  }

  /** The runtime that the code needs. Throws `invalid` MODULE_PATH_INVALID or BUNDLE_INVALID. */
  async findRuntime({ modulePath, bundle }: Pick<Place, 'modulePath' | 'bundle'>): Promise<RuntimeSpec> {
    return bundle === null ? requireRuntime(modulePath) : (await this.options.bundles.open(bundle)).runtime;
  }

  /** Unpacks a bundle for one process, and opens the environment of its code. */
  async ready({ modulePath, bundle, wheels, data }: Place): Promise<ReadyCode> {
    if (bundle === null) return this.readyModule(modulePath, wheels);
    const { files, entry, runtime, digest } = await this.options.bundles.open(bundle);
    if (data !== null) {
      const folder = await this.options.data.open(
        data,
        `data-${digestTogether(digest, digestArchive(data))}`,
        files,
      );
      return {
        runtime,
        code: { kind: 'bundle', directory: folder.path, entry, bytes: folder.bytes },
        release: () => Promise.resolve(folder.release()),
      };
    }
    if (wheels.length > 0 && runtime.key !== 'python') throw wheelsWithoutBundle();
    const requirements = files.get(posix.join(posix.dirname(entry), REQUIREMENTS_FILE));
    const packages =
      wheels.length === 0
        ? undefined
        : await this.options.environments.open(wheels, requirements?.toString('utf8'));
    try {
      const directory = await writeBundle(files, await runtime.bundleLinks());
      return {
        runtime,
        code: { kind: 'bundle', directory: directory.path, entry },
        ...(packages !== undefined && { packages }),
        release: () => {
          packages?.release();
          return directory.remove().catch(() => undefined);
        },
      };
    } catch (error) {
      packages?.release();
      throw error;
    }
  }

  /** A module where it lies, with its environment. */
  private async readyModule(modulePath: string, wheels: Place['wheels']): Promise<ReadyCode> {
    const runtime = requireRuntime(modulePath);
    const code = { kind: 'module', path: modulePath } as const;
    if (wheels.length === 0) return { runtime, code, release: () => Promise.resolve() };
    if (runtime.key !== 'python') throw wheelsWithoutBundle();
    const requirements = await readFile(join(dirname(modulePath), REQUIREMENTS_FILE), 'utf8').catch(
      () => undefined,
    );
    const packages = await this.options.environments.open(wheels, requirements);
    return { runtime, code, packages, release: () => Promise.resolve(packages.release()) };
  }

  /** The files of an archive alone, for a process that recognizes their form. */
  async readyData(data: DataArchive): Promise<ReadyCode> {
    const folder = await this.options.data.open(data);
    return {
      runtime: manifestRuntime,
      code: { kind: 'bundle', directory: folder.path, entry: '.', bytes: folder.bytes },
      release: () => Promise.resolve(folder.release()),
    };
  }

  /**
   * Throws `precondition` MODULE_PATH_OUTSIDE_ROOTS. By the real path: a link in an opened folder opens no
   * other.
   */
  async requirePlace({ modulePath, bundle }: Pick<Place, 'modulePath' | 'bundle'>): Promise<void> {
    const { roots } = this.options;
    if (roots === undefined || bundle !== null) return;
    if (!roots.some((root) => isBelow(modulePath, root))) throw modulePathOutside(modulePath, roots);
    const module = await realpath(modulePath).catch(() => {
      throw modulePathInvalid(modulePath, MODULE_ENDINGS);
    });
    const real = await Promise.all(roots.map((root) => realpath(root).catch(() => root)));
    if (!real.some((root) => isBelow(module, root))) throw modulePathOutside(modulePath, roots);
  }
}
