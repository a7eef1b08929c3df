import { readFile } from 'node:fs/promises';
import { type ArrayPart, arrayRecords } from '../arrays/array.records.js';
import { type LoadedArray, readNpy } from '../arrays/npy.js';
import { readNpz } from '../arrays/npz.js';
import { findExtension, type FileTree, listFolders } from '../files/file-tree.js';
import { splitNamed } from '../files/split-names.js';
import { counted, type Reader } from './reader.js';

const isArrays = (path: string): boolean => ['.npy', '.npz'].includes(findExtension(path));

/** NumPy arrays whose first size counts the samples: NPZ archives, or NPY files side by side. */
export const arrayReader: Reader = {
  key: 'arrays',
  title: 'NumPy arrays',
  summary:
    'NPZ archives or NPY files; the first size of each array counts the samples, names such as x_train say splits',
  recognize: (tree) => {
    const files = tree.files.filter(({ path }) => isArrays(path));
    if (files.length === 0) return Promise.resolve(undefined);
    return Promise.resolve({
      found: counted(files.length, 'file of arrays').replace('arrayss', 'arrays'),
      certain: files.length === tree.files.length,
    });
  },
  open: async (tree) => arrayRecords(groupParts(await load(tree))),
};

async function load(tree: FileTree): Promise<Map<string, LoadedArray>> {
  const files = tree.files.filter(({ path }) => isArrays(path));
  const arrays = new Map<string, LoadedArray>();
  // folders around all arrays have no meaning
  const [first = [], ...rest] = files.map(({ path }) => listFolders(path));
  const differs = first.findIndex((folder, at) => rest.some((folders) => folders[at] !== folder));
  const common = differs === -1 ? first.length : differs;
  for (const { path } of files) {
    const bytes = await readFile(tree.absolute(path));
    const stem = path
      .split('/')
      .slice(common)
      .join('_')
      .replace(/\.[^.]+$/, '');
    if (findExtension(path) === '.npy') arrays.set(stem, readNpy(bytes, path));
    else
      for (const [name, array] of await readNpz(bytes, path))
        arrays.set(files.length === 1 ? name : `${name}_${stem}`, array);
  }
  return arrays;
}

/** Arrays by the split that one part of their names says: `x_train` and `x_test` are two parts of `x`. */
function groupParts(arrays: ReadonlyMap<string, LoadedArray>): ArrayPart[] {
  const parts = new Map<string, Map<string, LoadedArray>>();
  let named = 0;
  for (const [name, array] of arrays) {
    const words = name.split(/[-_.]/);
    const at = words.findIndex((word) => splitNamed(word) !== undefined);
    const split = at === -1 ? '' : words[at]!;
    if (at !== -1) named++;
    const rest = words.filter((_, i) => i !== at).join('_') || 'x';
    const part = parts.get(split) ?? new Map<string, LoadedArray>();
    parts.set(split, part.set(rest, array));
  }
  if (named < arrays.size) return [{ arrays }];
  return [...parts].map(([split, part]) => ({ split, arrays: part }));
}
