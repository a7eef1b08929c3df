import { readFileSync } from 'node:fs';
import { DomainError } from '@noema/kernel';
import type { FileTree } from '../files/file-tree.js';
import { isText } from '../files/media.js';
import { classifiedRecords, classify, describeFiles } from './class-folders.js';
import type { Reader } from './reader.js';

const MAX_TEXT_BYTES = 2 ** 20;

/** Text files in folders that are named after their classes and splits. */
export const textFolderReader: Reader = {
  key: 'text-folder',
  title: 'Folder of texts',
  summary:
    'one text a file, in folders that are named after their classes, with or without folders of splits above',
  recognize: (tree) => Promise.resolve(describeFiles(texts(tree), 'text')),
  open: (tree) => {
    const bytes = new Map(tree.files.map((file) => [file.path, file.bytes]));
    return Promise.resolve(
      classifiedRecords(texts(tree), { name: 'text', kind: 'text' }, ({ path }) => {
        if (bytes.get(path)! > MAX_TEXT_BYTES)
          throw new DomainError(
            'invalid',
            'TEXT_TOO_LARGE',
            `${path} has ${bytes.get(path)} bytes; a text has at most ${MAX_TEXT_BYTES}`,
            { metadata: { path } },
          );
        return new TextDecoder().decode(readFileSync(tree.absolute(path)));
      }),
    );
  },
};

/** A readme next to the folders of texts is not a sample. */
const texts = (tree: FileTree) => {
  const files = classify(
    tree,
    (path) => isText(path) && !/^(?:readme|licen[cs]e)\b/i.test(path.split('/').at(-1)!),
  );
  return files.some((file) => file.class !== null) ? files.filter((file) => file.class !== null) : files;
};
