import { extname } from 'node:path';
import { modulePathInvalid } from '../../integration/integration.errors.js';
import { manifestRuntime } from './manifest.js';
import { nodeRuntime } from './node.js';
import { pythonRuntime } from './python.js';
import type { RuntimeSpec } from './runtime.js';

/** All languages that integrations are written in. A new one is one file, and its line here. */
export const LANGUAGES: readonly RuntimeSpec[] = [nodeRuntime, pythonRuntime];

/** The languages, and manifests, which need no code. */
export const RUNTIMES: readonly RuntimeSpec[] = [...LANGUAGES, manifestRuntime];

/** Endings of all modules that run, as a text for people. */
export const MODULE_ENDINGS = RUNTIMES.flatMap(({ extensions }) => extensions).join(', ');

/** The runtime of a module by the ending of its name; `undefined` for any other file. */
export const findRuntime = (path: string): RuntimeSpec | undefined =>
  RUNTIMES.find(({ extensions }) => extensions.includes(extname(path)));

/** The runtime of a module by its text: the one whose signature it has, else the first. */
export const findRuntimeOfText = (text: string): RuntimeSpec =>
  RUNTIMES.find(({ signature }) => signature?.test(text) === true) ?? RUNTIMES[0]!;

/** As `findRuntime`. Throws `invalid` MODULE_PATH_INVALID for any other file. */
export function requireRuntime(modulePath: string): RuntimeSpec {
  const runtime = findRuntime(modulePath);
  if (runtime === undefined) throw modulePathInvalid(modulePath, MODULE_ENDINGS);
  return runtime;
}
