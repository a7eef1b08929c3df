import type { RuntimeSpec } from '../../src/runner/runtimes/runtime.js';

/** Code that stands in a module: before its functions, in preprocess, in the input, in the metadata. */
export interface HostileParts {
  readonly before?: string;
  readonly preprocess?: string;
  /** Expression of the input `x`; the index of the sample is `index`. */
  readonly x?: string;
  /** Expression of the metadata `m`. */
  readonly m?: string;
}

/** A process of the attacker, which runs until it is killed. */
export interface Child {
  /** Stands in the command line. */
  readonly mark: string;
}

/** All attacks, in one language. An expression has a value, a statement has not. */
export interface Attacks {
  readonly runtime: RuntimeSpec;
  /** Text of a module with 40 samples. */
  readonly module: (parts: HostileParts) => string;
  /** Parts whose metadata are `got <text>` or `refused <code>` for an expression. */
  readonly attempt: (expression: string) => HostileParts;
  /** Parts that run a statement once, at sample 20, and go on. */
  readonly atSample20: (statement: string) => HostileParts;

  readonly readFile: (path: string) => string;
  /** Number of bytes of a file; an environment has NUL in it. */
  readonly countBytes: (path: string) => string;
  readonly countParentEnvironment: string;
  /** Refused as `only its own` if the folder does not list `name`. */
  readonly listFolder: (path: string, name: string) => string;
  /** JSON of: /proc exists, names of settings, arguments, is root, top folders of the machine. */
  readonly surroundings: string;
  /** Texts of files relative to the module, or error codes, with commas between. */
  readonly readBeside: (paths: readonly string[]) => HostileParts;

  readonly reachPort: (port: number) => string;
  readonly reachAbstract: (name: string) => string;
  readonly network: readonly (readonly [what: string, expression: string])[];

  readonly appendTo: (path: string) => string;
  readonly appendToInterpreter: string;
  readonly writeTo: (path: string) => string;
  readonly removeFolder: (path: string) => string;
  /** Folder of the SDK. */
  readonly sdk: string;
  /** Writes 64 files of 1 MiB. */
  readonly fillTmp: (mark: string) => string;
  readonly countTmp: (mark: string) => string;

  readonly forkEndlessly: (child: Child) => string;
  readonly leaveOrphan: (child: Child) => string;
  readonly eatMemory: (
    child: Child,
  ) => readonly (readonly [where: string, statement: string, reason: RegExp])[];
  readonly writeEndlessly: string;
  readonly loop: string;
  /** Works in a thread while the first one waits. */
  readonly loopInThread: HostileParts;

  /** Sends a frame with a header in JSON and `zeros` bytes, or with 40 NaN before the zeros. */
  readonly sendFrame: (header: string, zeros?: number, nans?: number) => string;
  readonly sendBytes: (bytes: readonly number[]) => string;
  readonly sendNested: string;
  readonly waitForever: string;
  readonly kills: (ours: number) => readonly (readonly [whom: string, statement: string])[];
  /** Breaks the objects that all code of its process shares. */
  readonly bend: string;
}
