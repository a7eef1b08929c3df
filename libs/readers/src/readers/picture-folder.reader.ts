import { isPicture } from '../files/media.js';
import { classifiedRecords, classify, describeFiles } from './class-folders.js';
import type { Reader } from './reader.js';

/** Pictures in folders that are named after their classes and splits. */
export const pictureFolderReader: Reader = {
  key: 'picture-folder',
  title: 'Folder of pictures',
  summary: 'pictures in folders that are named after their classes, with or without folders of splits above',
  recognize: (tree) => Promise.resolve(describeFiles(classify(tree, isPicture), 'picture')),
  open: (tree) =>
    Promise.resolve(
      classifiedRecords(classify(tree, isPicture), { name: 'image', kind: 'picture' }, ({ path }) => ({
        path,
      })),
    ),
};
