import type { FileTree } from '../files/file-tree.js';
import type { AnnotatedPictures } from '../objects/annotated.js';
import { findCocoFiles, readCoco } from '../objects/coco.js';
import { hasMask, objectRecords, pictureRecords } from '../objects/object.records.js';
import { findVocFiles, readVoc } from '../objects/voc.js';
import { readYolo } from '../objects/yolo.js';
import { findYoloFile } from '../objects/yolo.places.js';
import { counted, type Reader } from './reader.js';

/** A form in which pictures with objects lie on disk. */
interface ObjectForm {
  readonly key: string;
  readonly title: string;
  readonly files: string;
  readonly isFound: (tree: FileTree) => Promise<boolean>;
  readonly read: (tree: FileTree) => Promise<AnnotatedPictures>;
}

const FORMS: readonly ObjectForm[] = [
  {
    key: 'coco',
    title: 'COCO',
    files: 'a JSON file of COCO instances and its pictures',
    isFound: async (tree) => (await findCocoFiles(tree)).length > 0,
    read: readCoco,
  },
  {
    key: 'yolo',
    title: 'YOLO',
    files: 'names of classes (data.yaml, obj.names, classes.txt) and labels (.txt) of pictures',
    isFound: async (tree) => (await findYoloFile(tree)) !== undefined,
    read: readYolo,
  },
  {
    key: 'voc',
    title: 'Pascal VOC',
    files: 'an XML file of Pascal VOC for each picture',
    isFound: async (tree) => (await findVocFiles(tree)).length > 0,
    read: readVoc,
  },
];

/**
 * Pictures with objects in four readings, of which people choose one: which classes a picture has, the boxes of its
 * objects, each object for itself, and the class of each pixel, where masks or outlines of all objects say it.
 */
export const objectReaders: readonly Reader[] = FORMS.flatMap(({ key, title, files, isFound, read }) => {
  // a tree is read once for its four readings
  const known = new WeakMap<FileTree, Promise<AnnotatedPictures>>();
  const open = (tree: FileTree): Promise<AnnotatedPictures> => {
    const pictures = known.get(tree) ?? read(tree);
    known.set(tree, pictures);
    return pictures;
  };
  const reader = (
    suffix: string,
    what: string,
    found: (annotated: AnnotatedPictures) => string | undefined,
    records: (annotated: AnnotatedPictures) => ReturnType<typeof objectRecords>,
  ): Reader => ({
    key: `${key}${suffix}`,
    title: `${title}, ${what}`,
    summary: `${files}: ${what}`,
    recognize: async (tree) => {
      if (!(await isFound(tree))) return undefined;
      // files at fault are recognized, so that opening them reports the fault
      const annotated = await open(tree).catch(() => undefined);
      if (annotated === undefined) return suffix === '' ? { found: files, certain: true } : undefined;
      const text = found(annotated);
      return text === undefined ? undefined : { found: text, certain: true };
    },
    open: async (tree) => records(await open(tree)),
  });
  return [
    reader(
      '',
      'the classes of each picture',
      ({ pictures, labels }) =>
        `${counted(pictures.length, 'picture')} with objects of ` +
        (labels.length === 1 ? '1 class' : `${labels.length} classes`),
      (annotated) => pictureRecords(annotated, 'presence'),
    ),
    reader(
      '-boxes',
      'the boxes of objects',
      ({ pictures }) => {
        const count = pictures.reduce((sum, { objects }) => sum + objects.length, 0);
        return count === 1 ? '1 box' : `${count.toLocaleString('en-US')} boxes`;
      },
      (annotated) => pictureRecords(annotated, 'boxes'),
    ),
    reader(
      '-crops',
      'each object cut out',
      (annotated) => counted(objectRecords(annotated).length, 'object'),
      objectRecords,
    ),
    reader(
      '-masks',
      'the class of each pixel',
      ({ pictures }) => {
        const count = pictures.filter(hasMask).length;
        return count === 0 ? undefined : `${counted(count, 'picture')} with masks or outlines`;
      },
      (annotated) => pictureRecords(annotated, 'mask'),
    ),
  ];
});
