import type { FileTree } from '../files/file-tree.js';
import { isAudio, isPicture } from '../files/media.js';
import { findStem } from '../files/split-names.js';

/** Pictures and sounds of a tree, as the columns of a table name them. */
export class MediaPaths {
  private readonly byName = new Map<string, string[]>();
  /** Paths by names without the extension. */
  private readonly byStem = new Map<string, string[]>();

  constructor(private readonly tree: FileTree) {
    for (const { path } of tree.files)
      if (isPicture(path) || isAudio(path)) {
        const name = path.slice(path.lastIndexOf('/') + 1);
        add(this.byName, name, path);
        add(this.byStem, findStem(path), path);
      }
  }

  get isEmpty(): boolean {
    return this.byName.size === 0;
  }

  has(path: string): boolean {
    return this.tree.has(path);
  }

  /**
   * The prefix from the root of the tree to the paths of a column, by one of them: `images/` for `1.jpg`, where the
   * tree has `images/1.jpg`. Files below the folder of the table come first. Empty for a path from the root, for one
   * that several files could be, and for other texts.
   */
  findPrefix(text: string | undefined, folder: string | undefined): string {
    if (text === undefined || text === '') return '';
    if (folder !== undefined && this.tree.has(`${folder}/${text}`)) return `${folder}/`;
    if (this.tree.has(text)) return '';
    const found = (this.byName.get(text.slice(text.lastIndexOf('/') + 1)) ?? []).filter((path) =>
      path.endsWith(`/${text}`),
    );
    const near = folder === undefined ? [] : found.filter((path) => path.startsWith(`${folder}/`));
    const [first, ...others] = near.length > 0 ? near : found;
    return first === undefined || others.length > 0 ? '' : first.slice(0, first.length - text.length);
  }

  /**
   * The text before and after each of some values that makes paths of them: `train/` and `.jpg` for ids, where the tree
   * has `train/7.jpg`. `undefined` where one of them is no name, or several files have one in different folders.
   */
  findAround(
    values: readonly string[],
    folder: string | undefined,
  ): { readonly before: string; readonly after: string } | undefined {
    const around = (value: string): string[] =>
      (this.byStem.get(value) ?? [])
        .filter((path) => folder === undefined || path.startsWith(`${folder}/`))
        .map((path) => {
          const before = path.slice(0, path.lastIndexOf('/') + 1);
          return `${before}\0${path.slice(before.length + value.length)}`;
        });
    const [first = [], ...others] = values.map(around);
    const [common, ...more] = first.filter((one) => others.every((own) => own.includes(one)));
    if (common === undefined || more.length > 0) return undefined;
    const [before = '', after = ''] = common.split('\0');
    return { before, after };
  }
}

function add(paths: Map<string, string[]>, key: string, path: string): void {
  const own = paths.get(key);
  if (own === undefined) paths.set(key, [path]);
  else own.push(path);
}
