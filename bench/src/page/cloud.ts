/** Points as a map of digits has them: ten clusters within −1 to 1. */
export interface Cloud {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly classes: Uint8Array;
  /** 0 to 255, nearly all small. */
  readonly losses: Uint8Array;
}

/** The same n points for the same n. */
export function createCloud(n: number): Cloud {
  let state = 42;
  const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
  const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const middles = Array.from({ length: 10 }, () => [1.3 * random() - 0.65, 1.3 * random() - 0.65] as const);
  const cloud = {
    x: new Float32Array(n),
    y: new Float32Array(n),
    classes: new Uint8Array(n),
    losses: new Uint8Array(n),
  };
  for (let i = 0; i < n; i++) {
    const [x, y] = middles[i % 10]!;
    cloud.x[i] = Math.max(-1, Math.min(1, x + 0.08 * normal()));
    cloud.y[i] = Math.max(-1, Math.min(1, y + 0.08 * normal()));
    cloud.classes[i] = i % 10;
    cloud.losses[i] = 255 * random() ** 12;
  }
  return cloud;
}
