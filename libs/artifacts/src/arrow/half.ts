const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Largest finite float16. */
export const HALF_MAX = 65_504;

/**
 * Returns the bits of the nearest float16 (IEEE 754 binary16, ties to even). Numbers beyond ±65,504 become
 * infinite.
 */
export function toHalf(value: number): number {
  float[0] = value;
  const all = bits[0]!;
  const sign = (all >>> 16) & 0x8000;
  const exponent = ((all >>> 23) & 0xff) - 112;
  const mantissa = all & 0x7f_ffff;
  if (exponent >= 31) return sign | 0x7c00 | (exponent === 143 && mantissa !== 0 ? 0x200 : 0);
  if (exponent > 0) return sign | roundedShift((exponent << 23) | mantissa, 13);
  return exponent < -10 ? sign : sign | roundedShift(mantissa | 0x80_0000, 14 - exponent);
}

/** Returns `value` / 2^`shift`, rounded, ties to even. A carry into the exponent is correct by IEEE 754. */
function roundedShift(value: number, shift: number): number {
  const whole = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (whole & 1) === 1) ? whole + 1 : whole;
}

/** The number of each of the 65,536 patterns, built when it is first needed. */
let patterns: Float32Array | undefined;

/** Returns the numbers of float16 bits as float32, without loss. */
export function readFloat16(halves: Uint16Array): Float32Array {
  const numbers = (patterns ??= Float32Array.from({ length: 65_536 }, (_, half) => fromHalf(half)));
  return Float32Array.from(halves, (half) => numbers[half]!);
}

function fromHalf(half: number): number {
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Infinity
          : NaN
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return half >> 15 === 1 ? -size : size;
}
