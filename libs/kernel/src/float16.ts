/** Numbers of IEEE 754 binary16 as float32, without loss. */
export const readFloat16 = (bits: Uint16Array): Float32Array =>
  Float32Array.from(bits, (half) => NUMBERS[half]!);

/** The number of each of the 65,536 patterns. */
const NUMBERS = Float32Array.from({ length: 65_536 }, (_, bits) => {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Infinity
          : NaN
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >> 15 === 1 ? -size : size;
});
