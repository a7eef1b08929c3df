/** A file that was dropped or chosen, with its path below what was dropped. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Files that were dropped or chosen at once. */
export interface DroppedFiles {
  /** Name of the folder, or of the file without its ending. */
  readonly name: string;
  /** In the order of their paths, without a folder around all of them. */
  readonly files: readonly DroppedFile[];
}

const MAX_FILES = 200_000;
/** Files and folders that systems leave next to the data. */
const IGNORED = /^(?:\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i;

/** The files of a drop, folders included; their entries have to be read before the event ends. */
export function readDrop(transfer: DataTransfer): Promise<DroppedFiles> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const plain = [...transfer.files].map((file) => ({ path: file.name, file }));
  return entries.some(({ isDirectory }) => isDirectory)
    ? readEntries(entries).then(arrange)
    : Promise.resolve(arrange(plain));
}

/** The files, if there is one. Throws otherwise. */
export function requireFile(read: DroppedFiles): DroppedFiles {
  if (read.files.length > 0) return read;
  throw new Error('There is no file in what was dropped; drop a folder with files, or a file.');
}

/** The files of a field for files or folders. */
export const readList = (list: readonly File[]): DroppedFiles =>
  arrange(list.map((file) => ({ path: file.webkitRelativePath || file.name, file })));

/** Leaves hidden files out, drops the folder around all files, and sorts, so that the same files are the same. */
export function arrange(all: readonly DroppedFile[]): DroppedFiles {
  const files = all.filter(({ path }) => !path.split('/').some((part) => IGNORED.test(part)));
  const [first] = files;
  const outer = first?.path.includes('/') === true ? first.path.slice(0, first.path.indexOf('/') + 1) : '';
  const isWrapped = outer !== '' && files.every(({ path }) => path.startsWith(outer));
  const inner = isWrapped ? files.map(({ path, file }) => ({ path: path.slice(outer.length), file })) : files;
  return {
    name: isWrapped ? outer.slice(0, -1) : files.length === 1 ? cutEnding(first!.file.name) : 'data',
    files: [...inner].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

const cutEnding = (name: string): string => name.replace(/(?:\.tar)?\.[^.]+$/, '') || name;

/** The kind of files: a model, an archive that is sent unchanged, or files of data. */
export type DroppedKind = 'model' | 'topology' | 'archive' | 'files';

const MODEL = /\.(?:onnx|keras|h5|hdf5)$/i;
const ARCHIVE = /\.(?:zip|tar|tgz|tar\.gz)$/i;
/** The list of an archive stands at its end. */
const LIST_BYTES = 2 ** 20;
const MAX_TOPOLOGY_BYTES = 8 * 2 ** 20;

/** Looks at one file whether it is a model: by its ending, a zip by the files in it, JSON by its layers. */
export async function findKind({ files }: DroppedFiles): Promise<DroppedKind> {
  const [only] = files;
  if (only === undefined || files.length > 1) return 'files';
  const { name, size } = only.file;
  if (MODEL.test(name)) return 'model';
  if (/\.zip$/i.test(name)) {
    const list = await only.file.slice(Math.max(0, size - LIST_BYTES)).text();
    return /model\.json/.test(list) && /\.bin/.test(list) ? 'model' : 'archive';
  }
  if (/\.json$/i.test(name) && size <= MAX_TOPOLOGY_BYTES)
    return /"class_name"/.test(await only.file.text()) ? 'topology' : 'files';
  return ARCHIVE.test(name) ? 'archive' : 'files';
}

async function readEntries(entries: readonly FileSystemEntry[]): Promise<DroppedFile[]> {
  const files: DroppedFile[] = [];
  const open = entries.map((entry) => ({ entry, path: entry.name }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { entry, path } = next;
    if (isFolder(entry))
      for (const child of await listFolder(entry)) open.push({ entry: child, path: `${path}/${child.name}` });
    else if (isFile(entry)) files.push({ path, file: await openFile(entry) });
    if (files.length > MAX_FILES)
      throw new Error(
        `More than ${MAX_FILES} files were dropped; put the samples into Parquet files, or drop a part.`,
      );
  }
  return files;
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const openFile = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });

/** A reader gives some hundred entries at a time, and none at the end. */
async function listFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}
