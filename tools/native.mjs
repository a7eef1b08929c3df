// Prepares the optional native parts into .native/ and says clearly what is there and what is missing.
// faiss: compiles the one source file of npm `faiss-node` against the system's libfaiss (Debian: libfaiss-dev, libopenblas-dev, g++).
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, '.native');
const FAISS_NODE = 'faiss-node@0.5.1';
const ADDON_API = 'node-addon-api@8.5.0';

const say = (part, text) => console.log(`${part.padEnd(6)} ${text}`);
const has = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** The include of Debian 12's libfaiss 1.7.3 has faiss::Index::idx_t, later ones faiss::idx_t: one alias serves both. */
function shim(header) {
  const old = !/using idx_t|typedef int64_t idx_t;/.test(existsSync(join(header, 'MetricType.h')) ? readFileSync(join(header, 'MetricType.h'), 'utf8') : '');
  return old ? '#include <faiss/Index.h>\nnamespace faiss { using idx_t = Index::idx_t; }\n' : '';
}

function faiss() {
  const target = join(out, 'faiss-node.node');
  if (existsSync(target)) return say('faiss', `ready: ${target}`);
  const header = ['/usr/include/faiss', '/usr/local/include/faiss'].find((d) => existsSync(join(d, 'Index.h')));
  const missing = [!has('g++') && 'g++', header === undefined && 'libfaiss-dev', header === undefined && 'libopenblas-dev'].filter(Boolean);
  if (missing.length > 0) return say('faiss', `not built: ${missing.join(', ')} missing (Debian: apt-get install ${missing.join(' ')}); the exact index serves instead`);
  mkdirSync(out, { recursive: true });
  if (!existsSync(join(out, 'package.json'))) writeFileSync(join(out, 'package.json'), '{"private":true}\n');
  execFileSync('npm', ['install', '--prefix', out, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', FAISS_NODE, ADDON_API], { stdio: 'inherit' });
  writeFileSync(join(out, 'shim.h'), shim(header));
  const include = [join(out, 'node_modules/node-addon-api'), resolve(process.execPath, '../../include/node'), dirname(header)];
  execFileSync('g++', ['-std=c++17', '-O3', '-shared', '-fPIC', '-DNAPI_VERSION=8', '-fopenmp', '-include', join(out, 'shim.h'), ...include.map((d) => `-I${d}`),
    join(out, 'node_modules/faiss-node/src/faiss.cc'), '-o', target, '-lfaiss', '-lopenblas'], { stdio: 'inherit' });
  say('faiss', `built: ${target}`);
}

faiss();
say('cuda', 'not prepared: no GPU runtime is installed by this step yet; engine workers run on the CPU');
