import { DomainError } from '@noema/kernel';

export const visualizerMakesNoPictures = (
  name: string,
  mediaType: string,
  pictures: readonly string[],
): DomainError =>
  new DomainError(
    'precondition',
    'VISUALIZER_MAKES_NO_PICTURES',
    `the visualizer "${name}" makes ${mediaType} and no pictures; ` +
      `${pictures.length === 0 ? 'no visualizer of this version does' : `these do: ${pictures.join(', ')}`}`,
    { metadata: { visualizer: name, media_type: mediaType } },
  );

export const sheetNotFound = (sheet: number, sheets: number): DomainError =>
  new DomainError(
    'not-found',
    'SHEET_NOT_FOUND',
    `there is no sheet ${sheet}; the sheets of this dataset version run from 0 to ${sheets - 1}`,
    { metadata: { sheet: String(sheet), sheets: String(sheets) } },
  );

export function tilePixelsInvalid(pixels: number): DomainError {
  const message = `tile_pixels ${pixels} is not between 16 and 256; leave it 0 for 64`;
  return new DomainError('invalid', 'TILE_PIXELS_INVALID', message, {
    violations: [{ field: 'tile_pixels', description: '16 to 256, or 0' }],
  });
}

export const noPictureReadable = (samples: number): DomainError =>
  new DomainError(
    'precondition',
    'NO_PICTURE_READABLE',
    `none of the pictures of the ${samples} selected samples can be read, so they have no mean; look at ` +
      'what the visualizer makes of them',
  );
