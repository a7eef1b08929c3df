import { isAudio } from '../files/media.js';
import { classifiedRecords, classify, describeFiles } from './class-folders.js';
import type { Reader } from './reader.js';

/** Sounds in folders that are named after their classes and splits. */
export const audioFolderReader: Reader = {
  key: 'audio-folder',
  title: 'Folder of sounds',
  summary: 'WAV files in folders that are named after their classes, with or without folders of splits above',
  recognize: (tree) => Promise.resolve(describeFiles(classify(tree, isAudio), 'sound')),
  open: (tree) =>
    Promise.resolve(
      classifiedRecords(classify(tree, isAudio), { name: 'sound', kind: 'audio' }, ({ path }) => ({ path })),
    ),
};
