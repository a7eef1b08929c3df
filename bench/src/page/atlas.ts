import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * The last version that draws without WebGPU; later ones need an adapter with shader-f16, which no software
 * adapter has.
 */
const VERSION = '0.23.0';
const folder = fileURLToPath(new URL('../../../../.noema/bench-atlas', import.meta.url));
const dist = join(folder, 'node_modules/embedding-atlas/dist');

/**
 * A script that sets `window.EmbeddingView`, from Embedding Atlas without its peers, installed on first use;
 * undefined with the reason when that fails.
 */
export async function atlasScript(print: (line: string) => void): Promise<string | undefined> {
  try {
    if (!existsSync(dist)) install(print);
    const bundle = await build({
      stdin: {
        contents: "import { EmbeddingView } from 'embedding-atlas'; window.EmbeddingView = EmbeddingView;",
        resolveDir: folder,
      },
      bundle: true,
      format: 'iife',
      write: false,
      target: 'es2022',
      plugins: [withoutPeers()],
      logLevel: 'silent',
    });
    return bundle.outputFiles[0]!.text;
  } catch (error) {
    print(
      `without Embedding Atlas: ${error instanceof Error ? error.message.split('\n')[0]! : String(error)}`,
    );
    return undefined;
  }
}

function install(print: (line: string) => void): void {
  print('installing Embedding Atlas once');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  execFileSync(
    'npm',
    [
      'install',
      '--prefix',
      folder,
      '--ignore-scripts',
      '--legacy-peer-deps',
      '--no-audit',
      '--no-fund',
      `embedding-atlas@${VERSION}`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

/** Its plot of given arrays uses neither Mosaic nor React: their names become empty classes. */
function withoutPeers(): Plugin {
  const names = new Set<string>();
  for (const file of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
    for (const [, list] of readFileSync(join(dist, file), 'utf8').matchAll(
      /import\s*\{([^}]*)\}\s*from\s*"(?:@uwdata|react|svelte)/g,
    )) {
      for (const name of list!.split(',')) names.add(name.trim().split(/\s+as\s+/)[0]!);
    }
  }
  const contents = [...names]
    .filter((name) => name !== '')
    .map((name) => `export const ${name} = class {};`)
    .join('\n');
  return {
    name: 'without-peers',
    setup: (bundle) => {
      bundle.onResolve({ filter: /^(@uwdata\/|react$|svelte)/ }, ({ path }) => ({
        path,
        namespace: 'empty',
      }));
      bundle.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents, loader: 'js' }));
    },
  };
}
