import { zip } from '@noema/testing/zip';

/** A file that the page must refuse, and the words that say why. */
export interface RefusedFile {
  readonly what: string;
  readonly name: string;
  readonly content: Buffer;
  readonly message: RegExp;
}

/** Path of a file in an archive that leads out of its folder. */
export const OUTSIDE = 'outside-of-the-folder.txt';

const ARCHIVE = zip([
  { name: 'yes/1.txt', content: 'one two three' },
  { name: 'no/2.txt', content: 'four five six' },
]);

/** Files that nothing is read of. */
export const REFUSED_FILES: readonly RefusedFile[] = [
  {
    what: 'a zip that was cut off',
    name: 'cut.zip',
    content: ARCHIVE.subarray(0, ARCHIVE.length - 30),
    message: /the archive is cut off, or no zip/i,
  },
  {
    what: 'a zip with a path that leads out of it',
    name: 'leads-out.zip',
    content: zip([{ name: `../../${OUTSIDE}`, content: 'x' }]),
    message: /outside-of-the-folder/i,
  },
  {
    what: 'a pickle',
    name: 'model.pkl',
    content: Buffer.from(
      '\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.',
      'latin1',
    ),
    message: /model\.pkl/i,
  },
  {
    what: 'an array of Python objects',
    name: 'objects.npy',
    content: listObjects(),
    message: /objects\.npy/i,
  },
];

/** An array of NumPy whose values are pickled. */
function listObjects(): Buffer {
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + '\n';
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'),
    Buffer.from(header),
    Buffer.alloc(16),
  ]);
}
