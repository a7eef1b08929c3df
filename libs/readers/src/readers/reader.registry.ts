import { Registry } from '@noema/kernel';
import { arrayReader } from './array.reader.js';
import { arrowReader } from './arrow.reader.js';
import { audioFolderReader } from './audio-folder.reader.js';
import { idxReader } from './idx.reader.js';
import { objectReaders } from './object.readers.js';
import { pictureFolderReader } from './picture-folder.reader.js';
import { maskFolderReader } from './mask-folder.reader.js';
import type { Reader } from './reader.js';
import { taggedTextReader } from './tagged-text.reader.js';
import { tableReader } from './table.reader.js';
import { textFolderReader } from './text-folder.reader.js';

/** All forms of data that are read without code. A new one is one file, and its line here. */
export const READERS = new Registry<Reader>('reader', [
  idxReader,
  arrayReader,
  tableReader,
  arrowReader,
  taggedTextReader,
  ...objectReaders,
  maskFolderReader,
  pictureFolderReader,
  textFolderReader,
  audioFolderReader,
]);
