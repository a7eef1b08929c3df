import { DomainError } from '@noema/kernel';
import { decodePicture } from '../../encoders/picture.pixels.js';
import type { FieldProfile } from '../../records.js';
import type { EncoderSpec } from '../manifest.js';
import { toHandlerName } from '../names.js';
import { type Draft, median } from './draft.js';

const DEFAULT_SIDE = 64;

/** The size of the pictures, at most that of the options; one channel where all examples are gray. */
export async function proposePicture(draft: Draft, { field, examples }: FieldProfile): Promise<EncoderSpec> {
  draft.visuals[toHandlerName(field.name)] = { kind: 'image', column: field.name };
  const sizes: (readonly [number, number])[] = [];
  let isGray = true;
  for (const cell of examples.filter((example) => example !== null)) {
    const read = await decodePicture(cell, draft.tree, 3, (picture) => picture).catch(() => undefined);
    if (read === undefined) continue;
    sizes.push([read.height, read.width] as const);
    for (let i = 0; i < read.data.length && isGray; i += 3)
      isGray = read.data[i] === read.data[i + 1] && read.data[i] === read.data[i + 2];
  }
  if (sizes.length === 0)
    throw new DomainError(
      'invalid',
      'PICTURE_INVALID',
      `none of ${examples.length} pictures of the column "${field.name}" can be read`,
    );
  const side = draft.options.pictureSide ?? DEFAULT_SIDE;
  const [height, width] = [0, 1].map((at) => median(sizes.map((size) => size[at]!))) as [number, number];
  const factor = Math.min(1, side / Math.max(height, width));
  const isSame = sizes.every(([h, w]) => h === height && w === width);
  if (factor < 1 || !isSame)
    draft.notes.push(
      `the pictures (${isSame ? '' : 'about '}${height} × ${width}) are resized to ` +
        `${Math.round(height * factor)} × ${Math.round(width * factor)}; --picture-side sets another length`,
    );
  return {
    encoder: 'picture',
    column: field.name,
    height: Math.max(1, Math.round(height * factor)),
    width: Math.max(1, Math.round(width * factor)),
    channels: isGray ? 1 : 3,
    fit: 'stretch',
  };
}
