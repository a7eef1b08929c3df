/**
 * A seeded generator of uniform numbers in [0, 1) with 32 bits: xoshiro128** (Blackman & Vigna, 2018).
 * SplitMix32 fills its state from the seed and any number of stream numbers, so that each (seed, epoch,
 * sample) has its own stream.
 */
export function seededRandom(seed: number, ...streams: readonly number[]): () => number {
  let [a, b, c, d] = createState(seed, streams);
  const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  return () => {
    const result = Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
    return result / 4294967296;
  };
}

/** Returns the initial state of the generator. */
function createState(seed: number, streams: readonly number[]): [number, number, number, number] {
  let mix = seed >>> 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  for (const stream of streams) mix = (split() ^ (stream >>> 0)) >>> 0;
  return [split(), split(), split(), split() | 1];
}

/** Returns a permutation of 0…n−1 (Fisher and Yates), drawn from the generator. */
export function permutation(n: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const t = order[i]!;
    order[i] = order[j]!;
    order[j] = t;
  }
  return order;
}
