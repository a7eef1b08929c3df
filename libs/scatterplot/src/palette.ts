/** Corners of the ramps over a dark and over a light background, from sparse to dense. */
const DARK = [
  [38, 48, 92],
  [58, 98, 160],
  [52, 158, 170],
  [128, 206, 134],
  [250, 231, 128],
] as const;
const LIGHT = [
  [208, 222, 240],
  [138, 180, 220],
  [66, 128, 190],
  [52, 76, 152],
  [48, 22, 92],
] as const;

/** A ramp through colours at equal distances, RGBA [256 × 4], opaque. */
export function rampThrough(corners: readonly (readonly [number, number, number])[]): Uint8Array {
  const ramp = new Uint8Array(1024).fill(255);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (corners.length - 1);
    const from = corners[Math.floor(at)]!;
    const to = corners[Math.ceil(at)]!;
    for (let channel = 0; channel < 3; channel++)
      ramp[4 * i + channel] = Math.round(from[channel]! + (to[channel]! - from[channel]!) * (at % 1));
  }
  return ramp;
}

/** Colours of density on a dark or a light background, ordered by lightness. */
export function densityRamp(dark: boolean): Uint8Array {
  return rampThrough(dark ? DARK : LIGHT);
}
