/** One dot of the picture behind the sign-in. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly cluster: number;
}

/**
 * Clusters in a unit square, always the same: what a population looks like, a few large dots where the loss
 * is high.
 */
export function dotCloud(count: number, centres: readonly (readonly [number, number])[]): Dot[] {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, (_, i) => {
    const cluster = i % centres.length;
    const [cx, cy] = centres[cluster]!;
    const radius = Math.sqrt(-2 * Math.log(1 - random() * 0.98)) * 0.062;
    const angle = random() * 2 * Math.PI;
    return {
      x: cx + radius * Math.cos(angle),
      y: cy + radius * Math.sin(angle) * 1.25,
      r: random() < 0.05 ? 0.6 + random() * 0.5 : 0.2 + random() * 0.14,
      cluster,
    };
  });
}
