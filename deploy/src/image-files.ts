import { execFile } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { ImagePackage } from './image-tree.js';

/** Folders at the top of a package that nothing loads at run time. */
const IDLE_FOLDERS = new Set([
  'test',
  'tests',
  '__tests__',
  'docs',
  'example',
  'examples',
  'bench',
  'benchmark',
  'benchmarks',
  '.github',
  'node_modules',
  'coverage',
]);
const IDLE_FILES = /\.(d\.[cm]?ts|[cm]?ts|map|md|markdown|flow|tsbuildinfo|cc|cpp|h|c|gyp)$/i;
const LIBRARY = /\.so(\.\d+)*$/;
const LEGAL = /^(licen[cs]e|notice|copying)/i;
const OUR_SOURCES = new Set(['src', 'test', 'node_modules', 'tsconfig.json', 'native']);
const OUR_TESTS = /\.(spec|itest|e2e|contract)\.js$/;

/**
 * Files that Node does not load from packages by their `exports`: builds for browsers, bundlers and other
 * module systems, and machine code for other machines, since ONNX Runtime brings every platform along.
 */
const UNLOADED: readonly (readonly [name: RegExp, paths: RegExp])[] = [
  [/^@opentelemetry\//, /^build\/(esm|esnext)(\/|$)/],
  [/^apache-arrow$/, /\.min\.js$/],
  [/^h5wasm$/, /^dist\/(iife|node)(\/|$)/],
  [/^kysely$/, /^dist\/cjs(\/|$)/],
  [
    /^onnxruntime-node$/,
    new RegExp(
      `^(script(/|$)|bin/napi-v\\d+/(?!${process.platform}$|${process.platform}/${process.arch}(/|$)))`,
    ),
  ],
  [/^protobufjs$/, /^dist(\/|$)/],
  [/^rxjs$/, /^(src|dist\/(bundles|esm|esm5|types))(\/|$)/],
  [/^xml2js$/, /\.bc\.js$/],
];

/** Whether a file or folder of a package goes into an image; `path` is relative to the package, with `/`. */
export function isNeeded(packageName: string, path: string): boolean {
  if (path === '') return true;
  const [top = ''] = path.split('/');
  const file = basename(path);
  if (LEGAL.test(file)) return true;
  if (packageName.startsWith('@noema/'))
    return (
      !OUR_SOURCES.has(top) &&
      !path.startsWith('dist/test') &&
      !OUR_TESTS.test(file) &&
      !IDLE_FILES.test(file)
    );
  if (UNLOADED.some(([name, paths]) => name.test(packageName) && paths.test(path))) return false;
  return !IDLE_FOLDERS.has(top) && !IDLE_FILES.test(file);
}

/**
 * Copies what an image needs of a package below `out`. Shared libraries lose what only debuggers read, where
 * `strip` is installed.
 */
export async function copyPackage({ name, from, to }: ImagePackage, out: string): Promise<void> {
  await cp(from, join(out, to), {
    recursive: true,
    dereference: true,
    filter: (source) => isNeeded(name, relative(from, source).split(sep).join('/')),
  });
  await stripLibraries(join(out, to));
}

async function stripLibraries(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true });
  const libraries = files.filter((file) => LIBRARY.test(file)).map((file) => join(folder, file));
  if (libraries.length === 0) return;
  await promisify(execFile)('strip', ['--strip-unneeded', ...libraries]).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}
