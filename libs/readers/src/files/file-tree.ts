import { open, opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { DomainError } from '@noema/kernel';

/** One file below the root of a tree. */
export interface FileEntry {
  /** Path below the root, with `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
}

const MAX_FILES = 2_000_000;
const MAX_DEPTH = 16;
/** Files and folders that systems and tools leave next to the data. */
const IGNORED =
  /^(?:\..*|__MACOSX|Thumbs\.db|desktop\.ini|__pycache__|node_modules|(?:.*\.)?noema\.[\w.-]+)$/i;
/** Files of Hugging Face that say how texts become tokens, and are no data. */
const TOKENIZER = 'tokenizer.json';
const OF_TOKENIZER = /^(?:tokenizer|tokenizer_config|special_tokens_map|added_tokens)\.json$/;

/** The files below a folder, sorted by path; of a single file, that file. */
export class FileTree {
  private constructor(
    /** Absolute path of the folder. */
    readonly root: string,
    readonly files: readonly FileEntry[],
    /** Paths of the files `tokenizer.json` among the data or next to a single file, the outermost first. */
    readonly tokenizers: readonly string[],
    /** Whether a file was opened by itself, so that files next to it belong to other data. */
    readonly isFile: boolean,
  ) {}

  /**
   * Lists the files of a folder, or the one file. Links that lead out of the folder are left out. Throws
   * `invalid` DATA_PATH_INVALID for a path that cannot be read, DATA_FILES_TOO_MANY above 2,000,000 files.
   */
  static async open(path: string): Promise<FileTree> {
    const root = await realpath(resolve(path)).catch(() => {
      throw pathInvalid(path, 'does not exist, or cannot be read');
    });
    const { size, ...kind } = await stat(root).then((s) => ({
      size: s.size,
      file: s.isFile(),
      folder: s.isDirectory(),
    }));
    if (kind.file) {
      const folder = dirname(root);
      return new FileTree(
        folder,
        [{ path: basename(root), bytes: size }],
        (await isFileInside(folder, TOKENIZER)) ? [TOKENIZER] : [],
        true,
      );
    }
    if (!kind.folder) throw pathInvalid(path, 'is neither a file nor a folder');
    const files: FileEntry[] = [];
    const tokenizers: string[] = [];
    await collect(root, '', 0, files, tokenizers);
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    const depth = (path: string): number => listFolders(path).length;
    tokenizers.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
    return new FileTree(root, files, tokenizers, false);
  }

  /** Absolute path of a file. Throws `invalid` DATA_PATH_INVALID for a path that leads out of the tree. */
  absolute(path: string): string {
    const file = resolve(this.root, path);
    if (file !== this.root && !file.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep))
      throw pathInvalid(path, `leads out of ${this.root}`);
    return file;
  }

  /** The first bytes of a file as Latin-1, to find out its form. */
  readHead(path: string, bytes: number): Promise<string> {
    return readPart(this.absolute(path), 0, bytes);
  }

  /** The last bytes of a file as Latin-1. */
  async readTail(path: string, bytes: number): Promise<string> {
    const { size } = await stat(this.absolute(path));
    return readPart(this.absolute(path), Math.max(0, size - bytes), bytes);
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  private lookup: ReadonlySet<string> | undefined;

  private get paths(): ReadonlySet<string> {
    return (this.lookup ??= new Set(this.files.map((file) => file.path)));
  }
}

async function readPart(path: string, from: number, bytes: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function collect(
  root: string,
  below: string,
  depth: number,
  files: FileEntry[],
  tokenizers: string[],
): Promise<void> {
  if (depth > MAX_DEPTH) throw pathInvalid(join(root, below), `has more than ${MAX_DEPTH} levels of folders`);
  for await (const entry of await opendir(join(root, below))) {
    if (IGNORED.test(entry.name)) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (OF_TOKENIZER.test(entry.name) && !entry.isDirectory()) {
      if (entry.name === TOKENIZER && (await isFileInside(root, path))) tokenizers.push(path);
    } else if (entry.isDirectory()) await collect(root, path, depth + 1, files, tokenizers);
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFileInside(root, path))))
      files.push({ path, bytes: (await stat(join(root, path))).size });
    if (files.length > MAX_FILES)
      throw new DomainError(
        'invalid',
        'DATA_FILES_TOO_MANY',
        `${root} has more than ${MAX_FILES} files; put the samples into Parquet files or open a part`,
      );
  }
}

async function isFileInside(root: string, path: string): Promise<boolean> {
  const real = await realpath(join(root, path)).catch(() => undefined);
  return real?.startsWith(root + sep) === true && (await stat(real)).isFile();
}

export const pathInvalid = (path: string, why: string): DomainError =>
  new DomainError('invalid', 'DATA_PATH_INVALID', `"${path}" ${why}`, { metadata: { path } });

/** Extension of a path, in lower case and with the dot. */
export const findExtension = (path: string): string => extname(path).toLowerCase();

/** Folders of a path, the outermost first. */
export const listFolders = (path: string): string[] => path.split('/').slice(0, -1);
