import { LruCache } from '@noema/kernel';
import type { ProcessBounds } from '../process.bounds.js';
import type { CodeClosure } from '../code.closure.js';

/** The program that runs modules of one language on this machine. */
export interface RuntimeProgram {
  /** Real path of the interpreter. */
  readonly file: string;
  /** Shared libraries that it maps. */
  readonly libraries: readonly string[];
  /** Everything else that it reads: its standard library, the runner, the SDK. */
  readonly closure: CodeClosure;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * One language that integrations are written in. Isolations start what it names and know nothing else about
 * the language; its process speaks the protocol of `runner.protocol.ts`.
 */
export interface RuntimeSpec {
  /** Also the key of the interpreter in the settings. */
  readonly key: 'node' | 'python' | 'manifest';
  /** Endings of its modules, with the dot. */
  readonly extensions: readonly string[];
  readonly mediaType: 'text/javascript' | 'text/x-python' | 'application/yaml';
  /** Text that only its modules contain; it identifies a module that is uploaded without a name. */
  readonly signature?: RegExp;
  /** Files that are added to a bundle without them: path → text. */
  readonly defaultFiles: ReadonlyMap<string, string>;
  /** Names of the entry of a bundle that names none; the first one that exists. */
  readonly entries: readonly string[];
  /** Lines that the interpreter prints when it crashes and that do not help a reader. */
  readonly noise: RegExp;
  /** Arguments that run an empty program; it fails where the runtime cannot work. */
  readonly probe: readonly string[];
  /**
   * Finds the interpreter; `place` is the path or name that the operator set. Throws `precondition`
   * INTEGRATION_RUNTIME_UNAVAILABLE.
   */
  find(place: string | undefined): Promise<RuntimeProgram>;
  /**
   * Arguments of the process that runs user code, within the bounds if there are any. `packages` is the folder of
   * its environment, as the process sees it.
   */
  args(bounds: Pick<ProcessBounds, 'memoryBytes'> | undefined, packages?: string): Promise<readonly string[]>;
  /** Command of the same process in a pod. */
  podCommand(
    place: string | undefined,
    bounds: Pick<ProcessBounds, 'memoryBytes'>,
    packages?: string,
  ): Promise<readonly string[]>;
  /** Files that the process reads to run a module of this machine. */
  findClosure(modulePath: string, roots: readonly string[]): Promise<CodeClosure>;
  /** Paths of the modules next to a module that its text imports. */
  findImports(text: string, file: string): Promise<readonly string[]>;
  /** Links that an unpacked bundle needs next to it: relative path → target. */
  bundleLinks(): Promise<ReadonlyMap<string, string>>;
}

/** Interpreters that the operator set, by runtime. */
export type Interpreters = Readonly<Partial<Record<RuntimeSpec['key'], string>>>;

/** Runtimes whose programs are remembered; more than there are languages. */
export const MAX_RUNTIMES = 16;

/** Finds the program of each runtime once; a search that failed is repeated. */
export class RuntimePrograms {
  private readonly found = new LruCache<RuntimeProgram>(MAX_RUNTIMES);

  constructor(private readonly interpreters: Interpreters = {}) {}

  find(runtime: RuntimeSpec): Promise<RuntimeProgram> {
    return this.found.get(runtime.key, () => runtime.find(this.interpreters[runtime.key]));
  }

  podCommand(
    runtime: RuntimeSpec,
    bounds: Pick<ProcessBounds, 'memoryBytes'>,
    packages?: string,
  ): Promise<readonly string[]> {
    return runtime.podCommand(this.interpreters[runtime.key], bounds, packages);
  }
}
