import { dataFault } from '../data-fault.js';
import { type FileTree, listFolders } from '../files/file-tree.js';
import { isPicture } from '../files/media.js';
import { findStem, splitNamed } from '../files/split-names.js';
import { withMasks } from '../objects/table-masks.js';
import type { Field } from '../records.js';
import { RowRecords } from '../row-records.js';
import { counted, type Reader } from './reader.js';

const PICTURES = /^(?:.+[ _-])?(?:images?|imgs?|pictures?|photos?|frames?|rgb|inputs?)$/i;
const MASKS = /^(?:.+[ _-])?(?:masks?|segmentations?|annotations?|labels?|gt|ground[ _-]?truths?)$/i;
const MASK_ENDING = /[ _-](?:mask|segmentation|seg|annotation|label|labels|gt)$/i;
/** Share of the pictures that have a mask, and of the masks that have a picture. */
const PAIRED_SHARE = 0.95;

interface Pair {
  readonly picture: string;
  readonly mask: string;
  readonly split: string | null;
}

/** Pictures in one folder and masks of the same names in another one, also below folders of splits. */
export const maskFolderReader: Reader = {
  key: 'mask-folder',
  title: 'Folders of pictures and masks',
  summary: 'pictures in a folder such as images, and masks of the same names in a folder such as masks',
  recognize: (tree) => {
    const { pairs, pictures, masks } = findPairs(tree);
    if (pairs.length === 0 || pairs.length < PAIRED_SHARE * Math.max(pictures, masks))
      return Promise.resolve(undefined);
    const left = pictures - pairs.length;
    const rest = left === 0 ? '' : `, ${left} without one ${left === 1 ? 'is' : 'are'} left out`;
    return Promise.resolve({ found: `${counted(pairs.length, 'picture')} with masks${rest}`, certain: true });
  },
  open: async (tree) => {
    const { pairs } = findPairs(tree);
    const fields: Field[] = [
      { name: 'image', kind: 'picture' },
      { name: 'mask', kind: 'picture' },
      { name: 'file', kind: 'text' },
      ...(pairs.some(({ split }) => split !== null) ? [{ name: 'split', kind: 'text' } as const] : []),
    ];
    const records = new RowRecords(fields, pairs.length, (index, name) => {
      const { picture, mask, split } = pairs[index]!;
      if (name === 'image') return { path: picture };
      if (name === 'mask') return { path: mask };
      return name === 'file' ? picture : split;
    });
    const masked = await withMasks(records, tree);
    if (masked === records)
      throw dataFault(
        'MASK_INVALID',
        pairs[0]!.mask,
        'and the masks next to it have no classes: a mask has at most 100 gray values and no colors, of which 0 is ' +
          'the background; a table with the paths of pictures and masks reads other pictures',
      );
    return masked;
  },
};

function findPairs(tree: FileTree): {
  readonly pairs: readonly Pair[];
  readonly pictures: number;
  readonly masks: number;
} {
  const paths = tree.files.map(({ path }) => path).filter(isPicture);
  const inside = (form: RegExp): string[] =>
    paths.filter((path) => listFolders(path).some((one) => form.test(one)));
  const masks = inside(MASKS);
  const isMask = new Set(masks);
  const pictures = inside(PICTURES).filter((path) => !isMask.has(path));
  const byPlace = new Map(masks.map((path) => [findPlace(path, MASKS, MASK_ENDING), path]));
  const pairs = pictures.flatMap((picture): Pair[] => {
    const mask = byPlace.get(findPlace(picture, PICTURES));
    const split = listFolders(picture).find((folder) => splitNamed(folder) !== undefined) ?? null;
    return mask === undefined ? [] : [{ picture, mask, split }];
  });
  return { pairs, pictures: pictures.length, masks: masks.length };
}

/** Folders and stem of a path without the folder that says what it holds. */
function findPlace(path: string, form: RegExp, ending?: RegExp): string {
  const folders = listFolders(path).filter((folder) => !form.test(folder));
  const stem = findStem(path);
  return [...folders, ending === undefined ? stem : stem.replace(ending, '')].join('/');
}
