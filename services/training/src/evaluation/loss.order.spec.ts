import { seededRandom } from '@noema/kernel';
import { expect, it } from 'vitest';
import { rowsByLoss } from './loss.order.js';

it.each([0, 1, 2, 7, 5_000])(
  '%i rows come by falling loss, equal ones by row, those without at the end',
  (rows) => {
    const random = seededRandom(rows);
    const special = [0, -0, 1e-45, -1e-45, 3.4e38, -3.4e38, Infinity, 1, 1, -1];
    const loss = Float32Array.from({ length: rows }, (_, row) =>
      random() < 0.3
        ? special[row % special.length]!
        : (random() - 0.3) * 10 ** Math.floor(10 * random() - 5),
    );
    const hasLoss = Uint8Array.from({ length: rows }, () => (random() < 0.8 ? 1 : 0));
    for (let row = 0; row < rows; row++) if (hasLoss[row] === 0) loss[row] = NaN;
    const wanted = Array.from({ length: rows }, (_, row) => row).sort(
      (a, b) =>
        hasLoss[b]! - hasLoss[a]! ||
        (hasLoss[a] === 1 && loss[a] !== loss[b] ? (loss[a]! < loss[b]! ? 1 : -1) : 0) ||
        a - b,
    );
    expect([...rowsByLoss(loss, hasLoss)]).toEqual(wanted);
  },
);
