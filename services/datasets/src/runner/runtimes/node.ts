import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sdkDirectory } from '../bundle.directory.js';
import { ClosureBuilder, findAbove, isBelow } from '../code.closure.js';
import type { ProcessBounds } from '../process.bounds.js';
import type { RuntimeProgram, RuntimeSpec } from './runtime.js';

const run = promisify(execFile);
const ENTRY = fileURLToPath(new URL('../integration.process.js', import.meta.url));
const FLAGS = ['--enable-source-maps', '--stack-trace-limit=50'];
/** The heap's share of the memory; buffers are outside of it. */
const HEAP_SHARE = 0.75;
const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** ES modules, run by the Node of this process. */
export const nodeRuntime: RuntimeSpec = {
  key: 'node',
  extensions: ['.js', '.mjs'],
  mediaType: 'text/javascript',
  defaultFiles: new Map([['package.json', '{"type":"module"}']]),
  entries: ['integration.mjs', 'integration.js', 'index.mjs', 'index.js'],
  noise: /^\s+at |^\s*\d+: |^-----|^<---|^Node\.js v/,
  probe: ['-e', ''],

  async find() {
    const program = await findNode(ENTRY);
    const links = new Map(program.closure.links);
    links.set('/node_modules/@noema/integration', await sdkDirectory());
    return { ...program, closure: { ...program.closure, paths: program.closure.paths, links } };
  },

  args: (bounds) => Promise.resolve(nodeArgs(ENTRY, bounds)),

  podCommand: (_place, bounds) => Promise.resolve(['node', ...nodeArgs(ENTRY, bounds)]),

  /**
   * A package whole, with its dependencies; of a module without a package.json only the files that it
   * imports.
   */
  async findClosure(modulePath, roots) {
    const module = await realpath(modulePath);
    const closure = new ClosureBuilder(roots);
    const manifest = await findAbove(module, 'package.json');
    const fenced =
      manifest !== undefined && (roots.length === 0 || roots.some((root) => isBelow(manifest, root)));
    if (fenced) await closure.addDirectory(dirname(manifest));
    else await closure.addModule(module);
    if (module !== modulePath) closure.links.set(modulePath, module);
    return closure;
  },

  findImports: (text, file) =>
    Promise.resolve([...text.matchAll(RELATIVE_IMPORT)].map(([, path]) => resolve(dirname(file), path!))),

  bundleLinks: async () => new Map([['node_modules/@noema/integration', await sdkDirectory()]]),
};

const heapLimit = (bounds: Pick<ProcessBounds, 'memoryBytes'> | undefined): string[] =>
  bounds === undefined
    ? []
    : [`--max-old-space-size=${Math.floor((bounds.memoryBytes / 2 ** 20) * HEAP_SHARE)}`];

/**
 * The Node of this process, and the packages that an entry needs; with `loaded`, the address of a module, also
 * the shared libraries that its packages with machine code map.
 */
export async function findNode(entry: string, loaded?: string): Promise<RuntimeProgram> {
  const file = await realpath(process.execPath);
  const load = loaded === undefined ? '' : `await import(${JSON.stringify(loaded)});`;
  const print = `${load}process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects))`;
  const { stdout } = await run(file, ['--input-type=module', '-e', print], { env: {} });
  const closure = new ClosureBuilder();
  await closure.addModule(entry);
  return {
    file,
    libraries: (JSON.parse(stdout) as string[]).filter((path) => path.startsWith('/') && path !== file),
    closure,
    env: {},
  };
}

export const nodeArgs = (entry: string, bounds: Pick<ProcessBounds, 'memoryBytes'> | undefined): string[] => [
  ...FLAGS,
  ...heapLimit(bounds),
  entry,
];
