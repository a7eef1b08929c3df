import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, nodeArgs, nodeRuntime } from './node.js';
import type { RuntimeSpec } from './runtime.js';

const ENTRY = fileURLToPath(new URL('../manifest.process.js', import.meta.url));
/** Names of the files that lie next to a manifest and belong to it: vocabularies and tokenizers. */
const COMPANION_FILES =
  /\bnoema\.[A-Za-z0-9_-]+\.txt\b|(?<=\btokenizer: ["']?)(?!\/)(?:(?!\.\.)[^"',}\n])+\.(?:json|txt)\b/g;
/** A `vocab.json` belongs to the `merges.txt` in its folder. */
const VOCABULARY = /vocab([^/]*)\.json$/;

/**
 * Manifests (`noema.yaml`), which describe data without code. Node reads the files that they name: the decoders
 * of pictures and tables are as much kept apart as the code of users is.
 */
export const manifestRuntime: RuntimeSpec = {
  key: 'manifest',
  extensions: ['.yaml', '.yml'],
  mediaType: 'application/yaml',
  signature: /^noema:[ \t]*1\b/m,
  defaultFiles: new Map(),
  entries: ['noema.yaml', 'noema.yml'],
  noise: nodeRuntime.noise,
  probe: nodeRuntime.probe,
  find: () => findNode(ENTRY, import.meta.resolve('@noema/readers')),
  args: (bounds) => Promise.resolve(nodeArgs(ENTRY, bounds)),
  podCommand: (_place, bounds) => Promise.resolve(['node', ...nodeArgs(ENTRY, bounds)]),

  /** The folder of the manifest: the files that it names lie in it. */
  async findClosure(modulePath) {
    const manifest = await realpath(modulePath);
    return {
      paths: new Set([dirname(manifest)]),
      links: new Map(manifest === modulePath ? [] : [[modulePath, manifest]]),
    };
  },

  findImports: (text, file) =>
    Promise.resolve(
      [...text.matchAll(COMPANION_FILES)]
        .flatMap(([name]) =>
          VOCABULARY.test(name) ? [name, name.replace(VOCABULARY, 'merges$1.txt')] : [name],
        )
        .map((name) => resolve(dirname(file), name)),
    ),

  bundleLinks: () => Promise.resolve(new Map()),
};
