import type { Field } from '../records.js';
import { RowRecords } from '../row-records.js';
import {
  type AnnotatedPicture,
  type AnnotatedPictures,
  listClasses,
  type PictureObject,
} from './annotated.js';

const OBJECTS = 'objects';

/** One record a picture: its objects, their number and their classes. */
export function pictureRecords(
  { labels, pictures }: AnnotatedPictures,
  truth: 'presence' | 'boxes' | 'mask',
): RowRecords {
  const used = truth === 'mask' ? pictures.filter(hasMask) : pictures;
  const fields: Field[] = [
    { name: 'image', kind: 'picture' },
    { name: 'file', kind: 'text' },
    {
      name: OBJECTS,
      kind: 'objects',
      labels,
      truth,
      maxObjects: used.reduce((most, { objects }) => Math.max(most, objects.length), 1),
    },
    { name: 'object_count', kind: 'number', whole: true },
    { name: 'object_classes', kind: 'text' },
    ...splitField(used),
  ];
  return new RowRecords(fields, used.length, (index, name) => {
    const { path, split, objects, mask } = used[index]!;
    switch (name) {
      case 'image':
        return { path };
      case 'file':
        return path;
      case OBJECTS:
        return { objects, ...(mask === undefined ? {} : { mask }) };
      case 'object_count':
        return objects.length;
      case 'object_classes':
        return listClasses(objects);
      default:
        return split;
    }
  });
}

/** One record an object: its picture, cut out. Objects without an area are left out. */
export function objectRecords({ labels, pictures }: AnnotatedPictures): RowRecords {
  const found = pictures.flatMap((picture) =>
    picture.objects.map((object, at) => ({ picture, object, at })).filter(({ object }) => hasArea(object)),
  );
  const fields: Field[] = [
    { name: 'image', kind: 'picture' },
    { name: 'id', kind: 'text' },
    { name: 'class', kind: 'text', labels },
    { name: 'file', kind: 'text', role: 'group' },
    { name: 'box_width', kind: 'number' },
    { name: 'box_height', kind: 'number' },
    ...splitField(pictures),
  ];
  return new RowRecords(fields, found.length, (index, name) => {
    const { picture, object, at } = found[index]!;
    const { path, split } = picture;
    switch (name) {
      case 'image':
        return { path, crop: object };
      case 'id':
        return `${path}#${at}`;
      case 'class':
        return object.label;
      case 'file':
        return path;
      case 'box_width':
        return object.width;
      case 'box_height':
        return object.height;
      default:
        return split;
    }
  });
}

const splitField = (pictures: readonly AnnotatedPicture[]): Field[] =>
  pictures.some(({ split }) => split !== null) ? [{ name: 'split', kind: 'text' }] : [];

export const hasArea = ({ width, height }: PictureObject): boolean => width > 0 && height > 0;

/** Whether a class is known for every pixel: of a mask, or of the outlines or runs of all objects and the rest. */
export const hasMask = ({ mask, objects }: AnnotatedPicture): boolean =>
  mask !== undefined ||
  (objects.length > 0 && objects.every(({ polygons, runs }) => (polygons ?? runs) !== undefined));
