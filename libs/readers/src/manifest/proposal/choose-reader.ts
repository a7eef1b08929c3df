import { DomainError } from '@noema/kernel';
import { isAnyArchive } from '../../archives/unpack-archive.js';
import type { FileTree } from '../../files/file-tree.js';
import type { Reader, Recognized } from '../../readers/reader.js';
import { READERS } from '../../readers/reader.registry.js';

/** Archives among the files: a folder that holds some has to be unpacked first. */
export const listArchives = (tree: FileTree): string[] =>
  tree.files.map(({ path }) => path).filter(isAnyArchive);

/** The first names of a list, with the number of the others. */
export const shorten = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

/** Every reader that recognizes the files. */
export async function recognizeFiles(
  tree: FileTree,
): Promise<{ readonly reader: Reader; readonly recognized: Recognized }[]> {
  const found = [];
  for (const reader of READERS.values()) {
    const recognized = await reader.recognize(tree);
    if (recognized !== undefined) found.push({ reader, recognized });
  }
  return found;
}

/** The reader of that key; without one, the reader that is certain or the only one. */
export async function chooseReader(
  tree: FileTree,
  key: string | undefined,
): Promise<{ reader: Reader; found: string }> {
  if (key !== undefined) {
    const reader = READERS.get(key);
    const recognized = await reader.recognize(tree);
    if (recognized === undefined)
      throw new DomainError(
        'invalid',
        'DATA_UNKNOWN',
        `${tree.root} is not read by "${key}": ${reader.summary}`,
      );
    return { reader, found: recognized.found };
  }
  const all = await recognizeFiles(tree);
  const [first, second] = [
    ...all.filter(({ recognized }) => recognized.certain),
    ...all.filter(({ recognized }) => !recognized.certain),
  ];
  const archives = listArchives(tree);
  if (first === undefined && archives.length > 0)
    throw new DomainError(
      'invalid',
      'DATA_UNKNOWN',
      `${tree.root} has no files of a known form, but archives: ${shorten(archives)}. ` +
        'Unpack them, or open one by itself',
      { metadata: { path: archives[0]! } },
    );
  if (first === undefined)
    throw new DomainError(
      'invalid',
      'DATA_UNKNOWN',
      `${tree.root} has ${tree.files.length} files of no known form, such as ${
        tree.files
          .slice(0, 3)
          .map((file) => file.path)
          .join(', ') || 'none'
      }; known: ${READERS.values()
        .map(({ title }) => title.toLowerCase())
        .join(', ')}`,
    );
  const alike = all.filter(({ recognized }) => recognized.certain === first.recognized.certain);
  if (second !== undefined && first.recognized.certain === second.recognized.certain)
    throw new DomainError(
      'invalid',
      'DATA_AMBIGUOUS',
      `${tree.root} can be read in ${alike.length} ways: ` +
        `${alike.map(({ reader: one, recognized }) => `${one.key} (${recognized.found})`).join('; ')}. ` +
        'Choose one with --reader',
      { metadata: { readers: alike.map(({ reader }) => reader.key).join(',') } },
    );
  return { reader: first.reader, found: first.recognized.found };
}
