import type sharp from 'sharp';

let loaded: Promise<typeof sharp> | undefined;

/**
 * The picture library, which opens nothing but pictures. It is loaded with the first picture, because that takes a
 * tenth of the start of a platform.
 */
export function loadSharp(): Promise<typeof sharp> {
  loaded ??= import('sharp').then(({ default: library }) => {
    library.concurrency(1);
    library.cache(false);
    // Formats that pictures of samples have, and no reader that opens files, runs scripts or calls other
    // programs.
    library.block({ operation: ['VipsForeignLoad'] });
    library.unblock({
      operation: [
        'VipsForeignLoadPngBuffer',
        'VipsForeignLoadJpegBuffer',
        'VipsForeignLoadWebpBuffer',
        'VipsForeignLoadNsgifBuffer',
      ],
    });
    return library;
  });
  return loaded;
}
