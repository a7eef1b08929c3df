import { readFile } from 'node:fs/promises';
import { DomainError } from '@noema/kernel';
import * as z from 'zod';
import { type ArrowFile, arrowRecords } from '../arrow/arrow.records.js';
import { dataFault } from '../data-fault.js';
import { findExtension, type FileTree, listFolders } from '../files/file-tree.js';
import { splitNamed } from '../files/split-names.js';
import { annotateTable } from '../objects/annotate-table.js';
import { type Features, readInfoFeatures } from '../tables/hugging-face.js';
import { counted, type Reader } from './reader.js';

const EXTENSIONS = new Set(['.arrow', '.feather', '.ipc']);
/** All files: their columns stay in memory. */
const MAX_BYTES = 2 ** 30;

const state = z.object({ _data_files: z.array(z.object({ filename: z.string() })).min(1) });

/** Arrow and Feather files, and the folders that `save_to_disk` of Hugging Face writes. */
export const arrowReader: Reader = {
  key: 'arrow',
  title: 'Arrow files',
  summary:
    'Arrow or Feather files, uncompressed, LZ4 or ZSTD, and data sets that save_to_disk of Hugging Face wrote',
  recognize: (tree) => {
    const files = arrowFiles(tree);
    if (files.length === 0) return Promise.resolve(undefined);
    const isSaved = tree.files.some(({ path }) => /(?:^|\/)(?:dataset_dict|state)\.json$/.test(path));
    const splits = [...new Set(files.map(findSplit).filter((split) => split !== undefined))];
    return Promise.resolve({
      found:
        (isSaved ? 'a data set of Hugging Face, ' : '') +
        counted(files.length, 'Arrow file') +
        (splits.length === 0 ? '' : `, splits ${splits.join(', ')}`),
      certain: isSaved || files.length === tree.files.length,
    });
  },
  open: async (tree) => {
    const files = await savedFiles(tree, arrowFiles(tree));
    const sizes = new Map(tree.files.map(({ path, bytes }) => [path, bytes]));
    const bytes = files.reduce((sum, path) => sum + sizes.get(path)!, 0);
    if (bytes > MAX_BYTES)
      throw new DomainError(
        'invalid',
        'ARROW_TOO_LARGE',
        `the Arrow files have ${bytes} bytes; at most ${MAX_BYTES} are read. Parquet files may have any size`,
      );
    const features = await readFolderFeatures(tree, files[0]);
    const read: ArrowFile[] = [];
    for (const path of files) {
      const split = findSplit(path);
      const content = new Uint8Array(await readFile(tree.absolute(path)));
      read.push({ path, bytes: content, ...(split === undefined ? {} : { split }) });
    }
    return annotateTable(arrowRecords(read, features), tree);
  },
};

/** Files of the cache of a data set are copies. */
const arrowFiles = (tree: FileTree): string[] =>
  tree.files
    .map(({ path }) => path)
    .filter((path) => EXTENSIONS.has(findExtension(path)) && !/(?:^|\/)cache-[^/]*$/.test(path));

/** The files that `state.json` next to them lists, in its order; all files of folders without one. */
async function savedFiles(tree: FileTree, files: readonly string[]): Promise<string[]> {
  const folders = [...new Set(files.map((path) => listFolders(path).join('/')))];
  const listed: string[] = [];
  for (const folder of folders) {
    const below = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
    if (!tree.has(below('state.json'))) {
      listed.push(...files.filter((path) => listFolders(path).join('/') === folder));
      continue;
    }
    for (const name of await readState(tree, below('state.json'))) {
      if (!tree.has(below(name)))
        throw dataFault('ARROW_INVALID', below('state.json'), `lists ${name}, which is missing`);
      listed.push(below(name));
    }
  }
  return listed;
}

async function readState(tree: FileTree, path: string): Promise<string[]> {
  try {
    const { _data_files: files } = state.parse(JSON.parse(await readFile(tree.absolute(path), 'utf8')));
    return files.map(({ filename }) => filename);
  } catch (error) {
    throw dataFault('ARROW_INVALID', path, 'does not list the files of a data set', error);
  }
}

/** The types that `dataset_info.json` next to a file states. */
async function readFolderFeatures(tree: FileTree, file: string | undefined): Promise<Features> {
  const path = [...listFolders(file ?? ''), 'dataset_info.json'].join('/');
  return tree.has(path) ? readInfoFeatures(await readFile(tree.absolute(path), 'utf8')) : {};
}

/** `test/data-00000-of-00001.arrow` and `flights-test.arrow` are of the split `test`. */
function findSplit(path: string): string | undefined {
  const stem = path
    .split('/')
    .at(-1)!
    .replace(/\.[^.]+$/, '');
  return [...listFolders(path).reverse(), ...stem.split(/[-_.]/)].find(
    (word) => splitNamed(word) !== undefined,
  );
}
