import { readFile } from 'node:fs/promises';
import { type ArrayPart, arrayRecords } from '../arrays/array.records.js';
import { readIdx } from '../arrays/idx.js';
import type { LoadedArray } from '../arrays/npy.js';
import type { FileTree } from '../files/file-tree.js';
import { counted, type Reader } from './reader.js';

const NAME = /(?:^|\/)(train|t10k|test|val|validation)?-?(images|labels)[-.]idx[13]-ubyte(?:\.gz)?$/i;

/** The files of MNIST and of the sets that took over its form. */
export const idxReader: Reader = {
  key: 'idx',
  title: 'IDX files',
  summary: 'files such as train-images-idx3-ubyte, also packed by gzip, as MNIST has them',
  recognize: (tree) => {
    const files = tree.files.filter(({ path }) => NAME.test(path));
    return Promise.resolve(
      files.length === 0 ? undefined : { found: counted(files.length, 'IDX file'), certain: true },
    );
  },
  open: async (tree) => arrayRecords(await parts(tree)),
};

async function parts(tree: FileTree): Promise<ArrayPart[]> {
  const parts = new Map<string, Map<string, LoadedArray>>();
  for (const { path } of tree.files) {
    const [, split = 'train', what] = NAME.exec(path) ?? [];
    if (what === undefined) continue;
    const name = split.toLowerCase() === 't10k' ? 'test' : split.toLowerCase();
    const part = parts.get(name) ?? new Map<string, LoadedArray>();
    parts.set(
      name,
      part.set(
        what.toLowerCase() === 'images' ? 'image' : 'label',
        await readIdx(await readFile(tree.absolute(path)), path),
      ),
    );
  }
  return [...parts].map(([split, arrays]) => ({ split, arrays }));
}
