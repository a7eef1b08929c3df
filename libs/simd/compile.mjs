// Compiles kernels/ (AssemblyScript) to dist/kernels.wasm, for memory that threads share, and
// dist/kernels.own.wasm, for that of one thread, when one of its sources is newer.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url).pathname;
const sources = readdirSync(here('kernels'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => here(`kernels/${name}`));
const shared = ['--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
const newest = Math.max(...[...sources, here('compile.mjs')].map((source) => statSync(source).mtimeMs));
mkdirSync(here('dist'), { recursive: true });
for (const [name, memory] of [
  ['kernels', shared],
  ['kernels.own', []],
]) {
  const output = here(`dist/${name}.wasm`);
  if ((statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= newest) continue;
  const options = [
    '--outFile',
    output,
    '--runtime',
    'stub',
    '--importMemory',
    ...memory,
    '--memoryBase',
    '0',
    '--enable',
    'simd,threads',
    '--noAssert',
    '-O3',
  ];
  const { status } = spawnSync(
    process.execPath,
    [here('../../node_modules/assemblyscript/bin/asc.js'), here('kernels/index.ts'), ...options],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
