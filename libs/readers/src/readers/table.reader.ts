import { findExtension, type FileTree, listFolders } from '../files/file-tree.js';
import { isAudio, isPicture } from '../files/media.js';
import { findSplit, findStem, splitNamed } from '../files/split-names.js';
import { annotateTable } from '../objects/annotate-table.js';
import { MediaPaths } from '../tables/media-paths.js';
import { TableRecords } from '../tables/table.records.js';
import { isTable, type TableFile } from '../tables/table-source.js';
import { counted, type Reader } from './reader.js';

/** One table, or one for each split, or the parts of one (`train-00000-of-00002.parquet`). */
export const tableReader: Reader = {
  key: 'table',
  title: 'Table',
  summary: 'CSV, TSV, JSON, JSON lines or Parquet: one file, one for each split, or numbered parts',
  recognize: (tree) => {
    const listed = metadataFiles(tree);
    const files = listed ?? tableFiles(tree);
    if (files === undefined) return Promise.resolve(undefined);
    const splits = [...new Set(files.map(({ split }) => split).filter((split) => split !== undefined))];
    return Promise.resolve({
      found: `${counted(files.length, 'table file')}${splits.length === 0 ? '' : `, splits ${splits.join(', ')}`}`,
      certain: listed !== undefined || tree.files.length === files.length,
    });
  },
  open: async (tree) =>
    annotateTable(
      await TableRecords.open(metadataFiles(tree) ?? tableFiles(tree) ?? [], new MediaPaths(tree)),
      tree,
    ),
};

/**
 * Files named `metadata.csv`, `.jsonl` or `.parquet` next to pictures or sounds, as folders of Hugging Face have
 * them: paths in the column `file_name` are relative to the file. `undefined` where there is none, or of several kinds.
 */
function metadataFiles(tree: FileTree): TableFile[] | undefined {
  const paths = tree.files.map(({ path }) => path);
  const named = paths.filter((path) => /(?:^|\/)metadata\.(?:csv|jsonl|parquet)$/i.test(path));
  if (
    named.length === 0 ||
    new Set(named.map(findExtension)).size > 1 ||
    !paths.some((path) => isPicture(path) || isAudio(path))
  )
    return undefined;
  const splits = named.map((path) => listFolders(path).findLast((one) => splitNamed(one) !== undefined));
  const isSplit = splits.every((split) => split !== undefined);
  if (named.length > 1 && !isSplit) return undefined;
  return named.map((path, at) => ({
    path: tree.absolute(path),
    ...(isSplit ? { split: splits[at]! } : {}),
    ...(path.includes('/') ? { folder: listFolders(path).join('/') } : {}),
  }));
}

/** The files of the table; `undefined` where there is none, or where files with other names lie side by side. */
function tableFiles(tree: FileTree): TableFile[] | undefined {
  const tables = tree.files.map(({ path }) => path).filter(isTable);
  if (tables.length === 0 || new Set(tables.map(findExtension)).size > 1) return undefined;
  const toFile = (path: string): TableFile => ({
    path: tree.absolute(path),
    ...(path.includes('/') ? { folder: listFolders(path).join('/') } : {}),
  });
  if (tables.length === 1) return [toFile(tables[0]!)];
  const splits = tables.map(findSplit);
  if (splits.every((split) => split !== undefined))
    return tables.map((path, at) => ({ ...toFile(path), split: splits[at]! }));
  const stems = new Set(tables.map((path) => findStem(path).replace(/[-_.]?\d+(?:-of-\d+)?$/, '')));
  return stems.size === 1 ? tables.map(toFile) : undefined;
}
