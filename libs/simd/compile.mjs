// Compiles kernels/ (AssemblyScript) to dist/kernels.wasm when one of its sources is newer.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url).pathname;
const sources = readdirSync(here('kernels')).filter((name) => name.endsWith('.ts')).map((name) => here(`kernels/${name}`));
const output = here('dist/kernels.wasm');
const made = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if ([...sources, here('compile.mjs')].some((source) => statSync(source).mtimeMs > made)) {
  mkdirSync(here('dist'), { recursive: true });
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '0'];
  const { status } = spawnSync(process.execPath, [here('../../node_modules/assemblyscript/bin/asc.js'), here('kernels/index.ts'), '--outFile', output, '--runtime', 'stub', ...memory, '--enable', 'simd,threads', '--noAssert', '-O3'], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
