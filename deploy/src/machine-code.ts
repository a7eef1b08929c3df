import { readFile, writeFile } from 'node:fs/promises';

/**
 * Packages with machine code, and the package by which ours depend on each: an image carries one only if its programs
 * load it.
 */
const MACHINE_CODE: Readonly<Record<string, string>> = {
  '@duckdb/node-bindings': '@duckdb/node-api',
  'onnxruntime-node': 'onnxruntime-node',
  sharp: 'sharp',
  h5wasm: 'h5wasm',
};

/** Returns the packages that an image leaves out, given the packages that its programs load. */
export const unloaded = (loaded: readonly string[]): ReadonlySet<string> =>
  new Set(
    Object.entries(MACHINE_CODE)
      .filter(([name]) => !loaded.includes(name))
      .map(([, dependency]) => dependency),
  );

/** Removes dependencies from a manifest, so that the bill of materials does not miss them. */
export async function dropDependencies(manifest: string, without: ReadonlySet<string>): Promise<void> {
  const content = JSON.parse(await readFile(manifest, 'utf8')) as { dependencies?: Record<string, string> };
  const { dependencies = {} } = content;
  const kept = Object.entries(dependencies).filter(([name]) => !without.has(name));
  if (kept.length === Object.keys(dependencies).length) return;
  await writeFile(
    manifest,
    `${JSON.stringify({ ...content, dependencies: Object.fromEntries(kept) }, undefined, 2)}\n`,
  );
}
