// Prepares the native parts into .native/ and says clearly what is there and what is missing. Each part is
// made once. Everything runs without them, and yet this fails when one is missing in the end. faiss
// services/similarity/native/faiss.cc against the system's libfaiss (Debian: libfaiss-dev, libopenblas-dev,
// g++) tensorflow libs/engine/native/tensorflow.cc against libtensorflow, which the wheel `tensorflow-cpu` of
// PyPI carries (274 MB; python3 with pip, g++) For machines with a GPU, large, and made only when named
// (`node tools/native.mjs cuda`): cuda the CUDA provider of ONNX Runtime, of the wheel `onnxruntime-gpu` of
// PyPI, beside the library in node_modules tensorflow-gpu as tensorflow, of the wheel `tensorflow` with CUDA
// 12, and NVIDIA's libraries that it asks for (3.4 GB)
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, '.native');
const TENSORFLOW = '2.21.0';
const HEADERS = resolve(process.execPath, '../../include/node');

const say = (part, text) => console.log(`${part.padEnd(14)} ${text}`);
/** A part that was asked for and is not there. */
const fail = (part, text) => {
  say(part, text);
  process.exitCode = 1;
};
const has = (command, ...args) =>
  spawnSync(command, args.length > 0 ? args : ['--version'], { stdio: 'ignore' }).status === 0;
const named = (missing) => missing.filter(Boolean).join(', ');

/** What the sources share. */
const SHARED = join(root, 'tools/native');
const SHARED_HEADER = join(SHARED, 'node-call.h');

/**
 * Where a part is, whether it was made of its source as that is now, and how it is made of it, which is
 * remembered.
 */
function made(folder, source) {
  const copy = join(folder, basename(source));
  const target = copy.replace(/\.cc$/, '.node');
  const text = Buffer.concat([readFileSync(SHARED_HEADER), readFileSync(source)]);
  const compile = (...flags) => {
    execFileSync(
      'g++',
      [
        '-std=c++17',
        '-Wall',
        '-shared',
        '-fPIC',
        '-DNAPI_VERSION=8',
        `-I${SHARED}`,
        `-I${HEADERS}`,
        source,
        '-o',
        target,
        ...flags,
      ],
      { stdio: 'inherit' },
    );
    writeFileSync(copy, text);
  };
  return {
    target,
    isCurrent: existsSync(target) && existsSync(copy) && text.equals(readFileSync(copy)),
    compile,
  };
}

function faiss() {
  const source = join(root, 'services/similarity/native/faiss.cc');
  const { target, isCurrent, compile } = made(out, source);
  if (isCurrent) return say('faiss', `ready: ${target}`);
  const header = ['/usr/include', '/usr/local/include'].find((d) => existsSync(join(d, 'faiss/Index.h')));
  const missing = [
    !has('g++') && 'g++',
    header === undefined && 'libfaiss-dev',
    header === undefined && 'libopenblas-dev',
  ].filter(Boolean);
  if (missing.length === 0 && !existsSync(join(HEADERS, 'node_api.h')))
    return fail(
      'faiss',
      `not built: node_api.h missing in ${HEADERS} (Node from nodejs.org has it); the exact index ` +
        'serves instead',
    );
  if (missing.length > 0)
    return fail(
      'faiss',
      `not built: ${missing.join(', ')} missing (Debian: apt-get install ${missing.join(' ')}); the ` +
        'exact index serves instead',
    );
  mkdirSync(out, { recursive: true });
  compile('-O3', '-fopenmp', `-I${header}`, '-lfaiss', '-lopenblas');
  say('faiss', `built: ${target}`);
}

/**
 * Takes wheels of PyPI apart below a folder, without installing anything; of the first only what `keep`
 * matches.
 */
function unpack(wheels, folder, keep) {
  const platforms = ['manylinux_2_27_x86_64', 'manylinux_2_28_x86_64', 'manylinux2014_x86_64'].flatMap(
    (platform) => ['--platform', platform],
  );
  execFileSync(
    'python3',
    [
      '-m',
      'pip',
      'download',
      '-q',
      '--no-deps',
      '--only-binary=:all:',
      '--python-version',
      '3.11',
      '--implementation',
      'cp',
      ...platforms,
      '-d',
      folder,
      ...wheels,
    ],
    { stdio: 'inherit' },
  );
  const script =
    'import glob, re, sys, zipfile\nfor wheel in glob.glob(sys.argv[1] + "/*.whl"):\n  with ' +
    'zipfile.ZipFile(wheel) as z: z.extractall(sys.argv[1], [n for n in z.namelist() if ' +
    're.match(sys.argv[2], n)])';
  execFileSync('python3', ['-c', script, folder, keep], { stdio: 'inherit' });
}

const wheelsRunHere = process.platform === 'linux' && process.arch === 'x64';

/** What has to be there to take wheels apart and to compile; undefined when all is. */
function withoutTools(compiles) {
  if (!wheelsRunHere) return `no wheels for ${process.platform} on ${process.arch} are known here`;
  const pip = has('python3', '-m', 'pip', '--version');
  const missing = named([
    compiles && !has('g++') && 'g++',
    !pip && 'python3-pip',
    compiles &&
      !existsSync(join(HEADERS, 'node_api.h')) &&
      `node_api.h in ${HEADERS} (Node from nodejs.org has it)`,
  ]);
  return missing === '' ? undefined : `${missing} missing (Debian: apt-get install g++ python3-pip)`;
}

function tensorflow(part, wheels) {
  const folder = join(out, part);
  const source = join(root, 'libs/engine/native/tensorflow.cc');
  const { target, isCurrent, compile } = made(folder, source);
  if (isCurrent) return say(part, `ready: ${target}`);
  const lacks = withoutTools(true);
  if (lacks !== undefined)
    return fail(part, `not built: ${lacks}; models run on ONNX Runtime (backend "cpu")`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'include'))) {
    const work = join(folder, 'wheels');
    unpack(
      wheels,
      work,
      '^(tensorflow/libtensorflow_(cc|framework)\\.so\\.2$|' +
        'tensorflow/include/(tensorflow/c/|tensorflow/core/platform/ctstring|tsl/platform/|xla/tsl/)|' +
        'nvidia/.*\\.so[.0-9]*$)',
    );
    // TensorFlow looks for NVIDIA's libraries in its own folder.
    for (const path of readdirSync(work, { recursive: true }).filter((name) => /\.so[.0-9]*$/.test(name))) {
      if (path.startsWith('tensorflow/') && has('strip'))
        execFileSync('strip', ['--strip-unneeded', join(work, path)]);
      renameSync(join(work, path), join(folder, basename(path)));
    }
    renameSync(join(work, 'tensorflow/include'), join(folder, 'include'));
    rmSync(work, { recursive: true, force: true });
  }
  compile(
    '-O2',
    `-I${join(folder, 'include')}`,
    `-L${folder}`,
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
    '-Wl,-rpath,$ORIGIN',
  );
  say(part, `built: ${target}`);
}

/**
 * The libraries that the install script of npm `onnxruntime-node` would fetch from elsewhere; they have to be
 * of its version.
 */
function cuda() {
  const beside = join(root, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64');
  const folder = join(out, 'onnxruntime-cuda');
  const libraries = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/onnxruntime-node/package.json'), 'utf8'),
  );
  const isPrepared =
    existsSync(join(folder, version)) && libraries.every((name) => existsSync(join(folder, name)));
  if (!isPrepared) {
    const lacks = withoutTools(false);
    if (lacks !== undefined) return fail('cuda', `not prepared: ${lacks}`);
    const work = join(folder, 'wheels');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    unpack(
      [`onnxruntime-gpu==${version}`],
      work,
      '^onnxruntime/capi/libonnxruntime_providers_(cuda|shared)\\.so$',
    );
    for (const name of libraries) renameSync(join(work, 'onnxruntime/capi', name), join(folder, name));
    rmSync(work, { recursive: true, force: true });
    writeFileSync(join(folder, version), '');
  }
  for (const name of libraries)
    if (!existsSync(join(beside, name))) copyFileSync(join(folder, name), join(beside, name));
  say(
    'cuda',
    `ready: ${folder}, and beside the library in node_modules; to run it needs a GPU with its driver, ` +
      'CUDA 13 and cuDNN 9 in the library path (not run on hardware yet)',
  );
}

/** Makes a part; one that cannot be made does not keep the others from being made. */
function tried(part, make) {
  try {
    make();
  } catch (cause) {
    rmSync(join(out, part === 'cuda' ? 'onnxruntime-cuda' : part, 'wheels'), {
      recursive: true,
      force: true,
    });
    fail(
      part,
      `not made: ${cause instanceof Error ? cause.message : String(cause)}; look at what was printed ` +
        'above and try again',
    );
  }
}

const gpu = {
  cuda: {
    make: cuda,
    needs:
      'backend "cuda": `node tools/native.mjs cuda` takes the CUDA provider from the wheel ' +
      'onnxruntime-gpu of PyPI (247 MB); to run it needs a GPU with its driver, CUDA 13 and cuDNN 9',
  },
  'tensorflow-gpu': {
    make: () =>
      tensorflow('tensorflow-gpu', [
        `tensorflow==${TENSORFLOW}`,
        ...[
          'cublas',
          'cuda-cupti',
          'cuda-nvrtc',
          'cuda-runtime',
          'cudnn',
          'cufft',
          'curand',
          'cusolver',
          'cusparse',
          'nccl',
          'nvjitlink',
        ].map((name) => `nvidia-${name}-cu12`),
      ]),
    needs:
      'backend "tensorflow-gpu": `node tools/native.mjs tensorflow-gpu` takes TensorFlow with CUDA 12 ' +
      "and NVIDIA's libraries from PyPI (3.4 GB); to run it needs a GPU with its driver",
  },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in gpu));
if (unknown.length > 0) {
  say(unknown[0], `is no part for GPUs; there are: ${Object.keys(gpu).join(', ')}`);
  process.exitCode = 1;
} else {
  tried('faiss', faiss);
  tried('tensorflow', () => tensorflow('tensorflow', [`tensorflow-cpu==${TENSORFLOW}`]));
  for (const [name, { make, needs }] of Object.entries(gpu)) {
    if (!asked.includes(name)) say(name, `not asked for; ${needs}`);
    else tried(name, make);
  }
}
