import { seededRandom } from '@noema/kernel/random';
import { mixBits } from '../mix-bits.js';

/** Numbers of a signature; the error of a similarity is about 1/√128 = 9 points. */
const SIGNATURE_SIZE = 128;

/**
 * Returns the min-hash signature of a set of samples, 128 uint32 (Broder 1997): the share of equal entries of two
 * signatures estimates their Jaccard similarity. `keys` are numbers that stay over epochs and versions, such as
 * hashes of sample ids. An empty set gives 2^32 − 1.
 */
export function signMembers(keys: Iterable<number>): Uint32Array {
  const signature = new Uint32Array(SIGNATURE_SIZE).fill(0xffffffff);
  for (const key of keys)
    for (let i = 0; i < SIGNATURE_SIZE; i++) {
      const h = mixBits(Math.imul(key ^ ADDENDS[i]!, FACTORS[i]!));
      if (h < signature[i]!) signature[i] = h;
    }
  return signature;
}

/** Returns the estimated Jaccard similarity of two sets, from 0 to 1. */
export function estimateSimilarity(a: Uint32Array, b: Uint32Array): number {
  let equal = 0;
  for (let i = 0; i < SIGNATURE_SIZE; i++) if (a[i] === b[i]) equal++;
  return equal / SIGNATURE_SIZE;
}

const random = seededRandom(0x6e6f656d);
const draw = (): number => Math.floor(random() * 2 ** 32);
const ADDENDS = Uint32Array.from({ length: SIGNATURE_SIZE }, draw);
const FACTORS = Uint32Array.from({ length: SIGNATURE_SIZE }, () => draw() | 1);
