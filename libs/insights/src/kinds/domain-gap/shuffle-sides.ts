import { seededRandom } from '@noema/kernel/random';
import { collectRows } from './collect-rows.js';

/** The class of a group with several. */
const SEVERAL = -2;

/**
 * Returns a function that writes sides in a random order: inside of each class, so that the mix of classes stays. Rows
 * of one group and side move together; groups of several classes are exchanged among themselves.
 */
export function createShuffle(
  sides: Uint8Array,
  { classes, groups }: { readonly classes: ArrayLike<number>; readonly groups: Int32Array | undefined },
  seed: number,
): (into: Uint8Array) => void {
  const random = seededRandom(seed, 127);
  const blocks = collectRows(sides.length, (row) => 2 * (groups?.[row] ?? row) + sides[row]!);
  const strata = collectRows(blocks.length, (at) => {
    const [first] = blocks[at] as [number];
    return blocks[at]!.every((row) => classes[row] === classes[first]) ? classes[first]! : SEVERAL;
  }).map((some) => ({
    blocks: some.map((at) => blocks[at]!),
    own: Uint8Array.from(some, (at) => sides[blocks[at]![0]!]!),
  }));
  return (into) => {
    for (const { blocks: some, own } of strata) {
      mix(own, random);
      some.forEach((rows, at) => {
        for (const row of rows) into[row] = own[at]!;
      });
    }
  };
}

function mix(values: Uint8Array, random: () => number): void {
  for (let at = values.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const value = values[at]!;
    values[at] = values[other]!;
    values[other] = value;
  }
}
