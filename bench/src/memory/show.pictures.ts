import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { digits } from '../digits.js';
import { unpacked } from './npm.package.js';
import type { StoredPictures } from './show.integration.js';

const SIDE = 224;
const DIGIT = 28;
/** Turns of a picture that make further ones of it, in degrees. */
const TURN = 15;
/** Steps by which a digit is moved to make further ones of it. */
const SHIFTS = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
] as const;

/**
 * Emoji on white, enlarged to 224 × 224 × 3; where there are too few they come again, turned. Without
 * classes.
 */
export async function storeEmoji(cache: string, folder: string, count: number): Promise<void> {
  const images = join(await unpacked(cache, 'emoji-datasource-twitter@16.0.0'), 'img/twitter/64');
  const names = (await readdir(images)).filter((name) => name.endsWith('.png')).sort();
  await store(folder, { dims: [SIDE, SIDE, 3], count }, (i) =>
    sharp(join(images, names[i % names.length]!))
      .flatten({ background: '#fff' })
      .rotate(TURN * Math.floor(i / names.length), { background: '#fff' })
      .resize(SIDE, SIDE, { fit: 'fill' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer(),
  );
}

/** The digits of the walk, moved by a pixel to make 60,000 of 10,000. */
export async function storeDigits(_cache: string, folder: string, count: number): Promise<void> {
  const { n, images, labels } = digits();
  const rows = Array.from({ length: count }, (_, i) => i % n);
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  await store(
    folder,
    { dims: [DIGIT, DIGIT, 1], count, labels: rows.map((row) => labels[row]!), classes },
    (i) => {
      const [right, down] = SHIFTS[Math.floor(i / n) % SHIFTS.length]!;
      const row = rows[i]!;
      return Promise.resolve(
        Uint8Array.from({ length: DIGIT * DIGIT }, (_, at) => {
          const x = (at % DIGIT) - right;
          const y = Math.floor(at / DIGIT) - down;
          return x < 0 || y < 0 || x >= DIGIT || y >= DIGIT
            ? 0
            : Math.round(images[row * DIGIT * DIGIT + y * DIGIT + x]! * 255);
        }),
      );
    },
  );
}

async function store(
  folder: string,
  facts: StoredPictures,
  picture: (index: number) => Promise<Uint8Array>,
): Promise<void> {
  const file = await open(join(folder, 'pictures.bin'), 'w');
  try {
    for (let i = 0; i < facts.count; i++) await file.write(await picture(i));
  } finally {
    await file.close();
  }
  await writeFile(join(folder, 'pictures.json'), JSON.stringify(facts));
}
