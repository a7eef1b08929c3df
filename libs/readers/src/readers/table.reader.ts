import { findExtension, type FileTree } from '../files/file-tree.js';
import { splitNamed } from '../files/split-names.js';
import { TableRecords } from '../tables/table.records.js';
import { isTable, type TableFile } from '../tables/table-source.js';
import { counted, type Reader } from './reader.js';

/** One table, or one for each split, or the parts of one (`train-00000-of-00002.parquet`). */
export const tableReader: Reader = {
  key: 'table',
  title: 'Table',
  summary: 'CSV, TSV, JSON, JSON lines or Parquet: one file, one for each split, or numbered parts',
  recognize: (tree) => {
    const files = tableFiles(tree);
    if (files === undefined) return Promise.resolve(undefined);
    const splits = [...new Set(files.map(({ split }) => split).filter((split) => split !== undefined))];
    return Promise.resolve({
      found: `${counted(files.length, 'table file')}${splits.length === 0 ? '' : `, splits ${splits.join(', ')}`}`,
      certain: tree.files.length === files.length,
    });
  },
  open: (tree) => TableRecords.open(tableFiles(tree) ?? [], (path) => tree.has(path)),
};

/** The files of the table; `undefined` where there is none, or where files with other names lie side by side. */
function tableFiles(tree: FileTree): TableFile[] | undefined {
  const tables = tree.files.map(({ path }) => path).filter(isTable);
  if (tables.length === 0 || new Set(tables.map(findExtension)).size > 1) return undefined;
  const absolute = (path: string) => tree.absolute(path);
  if (tables.length === 1) return [{ path: absolute(tables[0]!) }];
  const splits = tables.map(findSplit);
  if (splits.every((split) => split !== undefined))
    return tables.map((path, at) => ({ path: absolute(path), split: splits[at]! }));
  const stems = new Set(tables.map((path) => findStem(path).replace(/[-_.]?\d+(?:-of-\d+)?$/, '')));
  return stems.size === 1 ? tables.map((path) => ({ path: absolute(path) })) : undefined;
}

const findStem = (path: string): string =>
  path
    .split('/')
    .at(-1)!
    .replace(/\.[^.]+$/, '');

/**
 * The split that a file or its folder is named after: `train.csv`, `train-00000-of-00002.parquet`,
 * `reviews_test.csv`.
 */
function findSplit(path: string): string | undefined {
  const names = [...findStem(path).split(/[-_.]/), ...path.split('/').slice(0, -1).reverse()];
  return names.find((name) => splitNamed(name) !== undefined);
}
