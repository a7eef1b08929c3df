import type { Points } from '../points.js';

/** Returns for each point the number of equal points before it [n]. */
export function equalBefore({ data, n, d }: Points): Int32Array {
  const before = new Int32Array(n);
  const last = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    let hash = hashPoint(data, i * d, d);
    let other = last.get(hash);
    while (other !== undefined && !areEqual(data, i * d, other * d, d)) other = last.get(++hash);
    if (other !== undefined) before[i] = before[other]! + 1;
    last.set(hash, i);
  }
  return before;
}

const word = new Float32Array(1);
const bits = new Int32Array(word.buffer);

/** FNV-1a over words. 0 and −0 are equal. */
function hashPoint(data: Float32Array, from: number, d: number): number {
  let hash = 0x811c9dc5;
  for (let c = from; c < from + d; c++) {
    word[0] = data[c]! + 0;
    hash = Math.imul(hash ^ bits[0]!, 0x01000193);
  }
  return hash;
}

function areEqual(data: Float32Array, a: number, b: number, d: number): boolean {
  for (let c = 0; c < d; c++) if (data[a + c] !== data[b + c]) return false;
  return true;
}
