import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sdkDirectory } from '../bundle.directory.js';
import { ClosureBuilder, findAbove, isBelow } from '../code.closure.js';
import type { ProcessBounds } from '../process.bounds.js';
import type { RuntimeSpec } from './runtime.js';

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
    const file = await realpath(process.execPath);
    const { stdout } = await run(file, ['-p', 'JSON.stringify(process.report.getReport().sharedObjects)'], {
      env: {},
    });
    const closure = new ClosureBuilder();
    await closure.addModule(ENTRY);
    closure.links.set('/node_modules/@noema/integration', await sdkDirectory());
    return {
      file,
      libraries: (JSON.parse(stdout) as string[]).filter((path) => path.startsWith('/') && path !== file),
      closure,
      env: {},
    };
  },

  args: (bounds) => Promise.resolve([...FLAGS, ...heapLimit(bounds), ENTRY]),

  podCommand: (_place, bounds) => Promise.resolve(['node', ...FLAGS, ...heapLimit(bounds), ENTRY]),

  /**
   * A package whole, with its dependencies; of a module without a package.json only the files that it
   * imports.
   */
  async closureOf(modulePath, roots) {
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

  importsOf: (text, file) =>
    Promise.resolve([...text.matchAll(RELATIVE_IMPORT)].map(([, path]) => resolve(dirname(file), path!))),

  bundleLinks: async () => new Map([['node_modules/@noema/integration', await sdkDirectory()]]),
};

const heapLimit = (bounds: Pick<ProcessBounds, 'memoryBytes'> | undefined): string[] =>
  bounds === undefined
    ? []
    : [`--max-old-space-size=${Math.floor((bounds.memoryBytes / 2 ** 20) * HEAP_SHARE)}`];
