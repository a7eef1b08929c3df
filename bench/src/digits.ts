import { readDigits, SIDE, splitDigits } from '@noema/example-mnist';

/** The digits of the walk: images `[10000, 28, 28]` float32 in 0–1, training rows first, and their labels. */
export function digits(): { n: number; images: Float32Array; labels: Uint8Array } {
  const { training, validation } = splitDigits(readDigits());
  const all = [...training, ...validation];
  const images = new Float32Array(all.length * SIDE * SIDE);
  all.forEach((digit, row) => {
    images.set(
      Float32Array.from(digit.pixels, (ink) => ink / 255),
      row * SIDE * SIDE,
    );
  });
  return { n: all.length, images, labels: Uint8Array.from(all, (digit) => digit.label) };
}
