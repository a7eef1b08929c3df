import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { defineIntegration, image, oneHot, tensor } from '@noema/integration';

/** `pictures.json` next to the bytes of pictures, one after another, channels last. */
export interface StoredPictures {
  readonly dims: readonly number[];
  readonly count: number;
  /** Class of each picture, and the names of the classes; absent for pictures without classes. */
  readonly labels?: readonly number[];
  readonly classes?: readonly string[];
}

/** The integration of stored pictures: bytes as numbers from 0 to 1, read one by one. */
export function storedPictures(folder: string) {
  const { dims, count, labels, classes } = JSON.parse(
    readFileSync(join(folder, 'pictures.json'), 'utf8'),
  ) as StoredPictures;
  const size = dims.reduce((product, dim) => product * dim, 1);
  const read = (index: number): Float32Array => {
    const file = openSync(join(folder, 'pictures.bin'), 'r');
    const bytes = new Uint8Array(size);
    try {
      readSync(file, bytes, 0, size, index * size);
    } finally {
      closeSync(file);
    }
    return Float32Array.from(bytes, (byte) => byte / 255);
  };
  const picture = ({ index }: { readonly index: number }) => tensor(read(index), [...dims]);
  return defineIntegration({
    name: 'stored pictures',
    preprocess: () => ({ [classes === undefined ? 'unlabeled' : 'training']: { length: count, data: null } }),
    inputs: { image: picture },
    visualizers: { picture: (context: { readonly index: number }) => image(picture(context)) },
    groundTruths: Object.fromEntries(
      classes && labels
        ? [
            [
              'label',
              ({ index }: { readonly index: number }) => oneHot(labels[index]!, [...classes]),
            ] as const,
          ]
        : [],
    ),
    ...(classes && { predictions: { groundTruth: 'label', labels: [...classes] } }),
  });
}
