import { createHash } from 'node:crypto';
import { type Boxes, boxOverlap } from '@noema/detection';
import type { SplitName } from '@noema/kernel';

/** A run after an epoch, whose objects become samples. */
export interface ObjectSource {
  readonly runId: string;
  readonly epoch: number;
  /** Output that predicts objects; empty for the first one. */
  readonly output: string;
  /** Dataset version with the pictures. */
  readonly datasetVersionId: string;
}

/** An object on a picture; positions are shares of the picture. */
export interface PictureObject {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly classIndex: number;
  readonly className: string;
  /** Absent for the ground truth. */
  readonly score: number | undefined;
  /** Empty for predictions on a picture without ground truth. */
  readonly outcome: string;
}

/** A picture, with its objects in the order of the evaluation. */
export interface ObjectPicture {
  readonly row: number;
  readonly split: SplitName;
  readonly sampleId: string;
  readonly truths: readonly PictureObject[];
  readonly predictions: readonly PictureObject[];
}

export type ObjectKind = 'truths' | 'predictions';

/** Numbers of samples that a range of pictures becomes. */
export type ObjectBlock = Readonly<Record<ObjectKind, number>>;

/** An object that becomes a sample. */
export interface ObjectSample {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly picture: Pick<ObjectPicture, 'row' | 'split' | 'sampleId'>;
  readonly object: PictureObject;
  /** Highest IoU with an object of the other kind; absent where the picture has no ground truth. */
  readonly iou: number | undefined;
}

/** Pictures whose evaluations are read at a time; pictures are counted in blocks of this size. */
export const BLOCK_PICTURES = 250;

const MAX_ID = 256;

/** SHA-256 of the run, epoch and output whose objects become samples. */
export const digestObjects = ({ runId, epoch, output }: ObjectSource): string =>
  createHash('sha256')
    .update(JSON.stringify([runId, epoch, output]))
    .digest('hex');

/**
 * The samples of one kind that a picture becomes: every object of the ground truth, and every predicted one that is
 * not a true positive, since the crop of that one nearly equals the crop of its true object.
 */
export function listSamples(picture: ObjectPicture, kind: ObjectKind): ObjectSample[] {
  const others = toBoxes(kind === 'truths' ? picture.predictions : picture.truths);
  const prefix = kind === 'truths' ? picture.sampleId : `${picture.split}-${picture.sampleId}`;
  const { row, split, sampleId } = picture;
  return picture[kind].flatMap((object, i) =>
    kind === 'predictions' && object.outcome === 'true-positive'
      ? []
      : [
          {
            id: numberedId(prefix, i + 1),
            kind,
            picture: { row, split, sampleId },
            object,
            iou: object.outcome === '' ? undefined : highestOverlap(object, others),
          },
        ],
  );
}

/** The id of a picture and a number; a long id is cut and keeps a hash, so that ids stay distinct. */
function numberedId(prefix: string, number: number): string {
  const id = `${prefix}-${number}`;
  if (id.length <= MAX_ID) return id;
  const hash = createHash('sha256').update(prefix).digest('hex').slice(0, 16);
  const end = `-${hash}-${number}`;
  return prefix.slice(0, MAX_ID - end.length).replace(/[\uD800-\uDBFF]$/, '') + end;
}

const toBoxes = (objects: readonly PictureObject[]): Boxes => ({
  x: Float64Array.from(objects, ({ x }) => x),
  y: Float64Array.from(objects, ({ y }) => y),
  width: Float64Array.from(objects, ({ width }) => width),
  height: Float64Array.from(objects, ({ height }) => height),
});

function highestOverlap(object: PictureObject, others: Boxes): number {
  const own = toBoxes([object]);
  let highest = 0;
  for (let i = 0; i < others.x.length; i++) highest = Math.max(highest, boxOverlap(own, 0, others, i));
  return highest;
}
