/**
 * Share of the way after share `t` of the time, 0 to 1: starts and ends at rest (cubic smoothstep). The
 * vertex shader uses the same polynomial's value.
 */
export function easeInOut(t: number): number {
  const s = Math.min(1, Math.max(0, t));
  return s * s * (3 - 2 * s);
}

/** a at t = 0, b at t = 1. */
export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}
