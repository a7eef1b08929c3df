import { type FileTree, listFolders } from '../files/file-tree.js';
import { splitNamed } from '../files/split-names.js';
import type { Cell, Field } from '../records.js';
import { RowRecords } from '../row-records.js';
import { counted, type Recognized } from './reader.js';

/** One file, the split and the class that its folders name. */
export interface ClassifiedFile {
  readonly path: string;
  readonly split: string | null;
  readonly class: string | null;
}

/**
 * Files by their folders: `class/file`, `split/class/file`, `class/split/file`, `split/file` or `file`. Folders
 * that hold everything, such as one around a whole archive, have no meaning.
 */
export function classify(tree: FileTree, isWanted: (path: string) => boolean): ClassifiedFile[] {
  const paths = tree.files.filter(({ path }) => isWanted(path)).map(({ path }) => path);
  const common = commonFolders(paths);
  return paths.map((path) => {
    const folders = listFolders(path).slice(common);
    const split = folders.find((folder) => splitNamed(folder) !== undefined);
    const others = folders.filter((folder) => folder !== split);
    return { path, split: split ?? null, class: others.length === 0 ? null : others.join('/') };
  });
}

/** Number of folders that all paths share; a folder with the name of a split counts as one that they do not. */
function commonFolders(paths: readonly string[]): number {
  const [first = [], ...rest] = paths.map(listFolders);
  const differs = first.findIndex(
    (folder, at) => splitNamed(folder) !== undefined || rest.some((folders) => folders[at] !== folder),
  );
  return differs === -1 ? first.length : differs;
}

/** Records of files by folders; `file` names the field of their contents. */
export function classifiedRecords(
  files: readonly ClassifiedFile[],
  contents: Field,
  cell: (file: ClassifiedFile) => Cell,
): RowRecords {
  const fields: Field[] = [contents, { name: 'file', kind: 'text' }];
  if (files.some((file) => file.class !== null)) fields.push({ name: 'class', kind: 'text' });
  if (files.some((file) => file.split !== null)) fields.push({ name: 'split', kind: 'text' });
  return new RowRecords(fields, files.length, (index, name) => {
    const file = files[index]!;
    if (name === 'file') return file.path;
    if (name === 'class') return file.class;
    if (name === 'split') return file.split;
    return cell(file);
  });
}

export function describeFiles(files: readonly ClassifiedFile[], noun: string): Recognized | undefined {
  if (files.length === 0) return undefined;
  const classes = new Set(files.map((file) => file.class).filter((name) => name !== null));
  const splits = new Set(files.map((file) => file.split).filter((name) => name !== null));
  return {
    found: [
      counted(files.length, noun),
      classes.size === 0 ? 'without classes' : `in ${counted(classes.size, 'class folder')}`,
      ...(splits.size === 0 ? [] : [`splits ${[...splits].join(', ')}`]),
    ].join(', '),
    certain: false,
  };
}
