import type { FileTree } from '../files/file-tree.js';
import { isAudio, isPicture } from '../files/media.js';

/** Pictures and sounds of a tree, as the columns of a table name them. */
export class MediaPaths {
  private readonly byName = new Map<string, string[]>();

  constructor(private readonly tree: FileTree) {
    for (const { path } of tree.files)
      if (isPicture(path) || isAudio(path)) {
        const name = path.slice(path.lastIndexOf('/') + 1);
        this.byName.set(name, [...(this.byName.get(name) ?? []), path]);
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
}
