import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { classOrder, type Confusion, SIGHTS } from './class-order.js';
import { categoryColor, cielab } from '../../parts/scales/scales.js';

/** The least over both grounds and all sights. */
const distance = (a: number, b: number): number =>
  Math.min(
    ...(['light', 'dark'] as const).flatMap((ground) =>
      SIGHTS.map((sight) => {
        const [one, other] = [
          cielab(categoryColor(a, ground), sight),
          cielab(categoryColor(b, ground), sight),
        ];
        return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
      }),
    ),
  );
const pair = (a: number, b: number, count: number): Confusion => ({ trueClass: a, predictedClass: b, count });

describe('the order of colors', () => {
  it('never gives confused classes colors that are near each other, whichever classes they are', () => {
    const random = seededRandom(3);
    const all = Array.from({ length: 10 }, (_, a) => Array.from({ length: a }, (_, b) => distance(a, b)))
      .flat()
      .sort((a, b) => a - b);
    const near = all[Math.floor(all.length / 4)]!;
    for (let round = 0; round < 40; round++) {
      const classes = Array.from({ length: 10 }, (_, at) => at).sort(() => random() - 0.5);
      const pairs = [0, 2, 4, 6, 8].map((at) => [classes[at]!, classes[at + 1]!] as const);
      const order = classOrder(10, [
        ...pairs.map(([a, b]) => pair(a, b, 20 + Math.floor(80 * random()))),
        pair(0, 0, 900),
      ]);
      expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      for (const [a, b] of pairs) expect(distance(order[a]!, order[b]!)).toBeGreaterThan(near);
    }
  });

  it('is the same for the same confusions, and leaves classes in order that nothing confuses', () => {
    const cells = [pair(4, 9, 30), pair(3, 5, 25), pair(7, 2, 20)];
    expect(classOrder(10, cells)).toEqual(classOrder(10, [...cells].reverse()));
    expect(classOrder(4, [pair(1, 1, 100)])).toEqual([0, 1, 2, 3]);
  });

  it('leaves many classes, and what is no class, unchanged', () => {
    expect(classOrder(21, [pair(0, 1, 5)])).toEqual(Array.from({ length: 21 }, (_, at) => at));
    expect(classOrder(3, [pair(-1, 2, 5), pair(0, 7, 5)])).toEqual([0, 1, 2]);
  });
});
