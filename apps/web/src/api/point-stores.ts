import type { ArrowColumn } from './arrow/arrow-columns.js';

/** Positions in `names` [count]; `missing` (255, 65535 or −1 by the type of the array) for none. */
export interface CodeColumn {
  readonly values: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  readonly missing: number;
  /** Empty until the first points have come. */
  readonly names: readonly string[];
}

/** Texts of points that have come. */
export interface TextColumn {
  at(point: number): string | undefined;
  /** The first point with this very text; −1 for none. */
  indexOf(text: string): number;
}

/** A column that fills up. */
export interface PointStore {
  /** Takes the values of the points from `from` on. */
  append(column: ArrowColumn, from: number): void;
}

export class NumberStore implements PointStore {
  readonly values: Float32Array<ArrayBuffer>;

  constructor(count: number) {
    this.values = new Float32Array(count).fill(NaN);
  }

  append(column: ArrowColumn, from: number): void {
    const {
      field: { type },
      values,
    } = column;
    if (type.kind === 'float' && type.bits === 16) {
      const floats = halves();
      for (let i = 0; i < column.length; i++) this.values[from + i] = floats[values[i]!]!;
    } else {
      this.values.set(values, from);
    }
    forMissing(column, (i) => {
      this.values[from + i] = NaN;
    });
  }
}

export class CodeStore implements PointStore, CodeColumn {
  readonly values: CodeColumn['values'];
  readonly missing: number;
  names: readonly string[] = [];

  constructor(
    count: number,
    indexBits: number,
    private readonly dictionary: () => readonly string[],
  ) {
    this.values =
      indexBits === 8
        ? new Uint8Array(count)
        : indexBits === 16
          ? new Uint16Array(count)
          : new Int32Array(count);
    this.missing = indexBits === 8 ? 255 : indexBits === 16 ? 65_535 : -1;
    this.values.fill(this.missing);
  }

  append(column: ArrowColumn, from: number): void {
    if (from === 0) this.names = this.dictionary();
    this.values.set(column.values, from);
    forMissing(column, (i) => {
      this.values[from + i] = this.missing;
    });
  }
}

/** Keeps the bytes and makes a string only of what is looked at. */
export class TextStore implements PointStore, TextColumn {
  private readonly chunks: {
    readonly from: number;
    readonly to: number;
    readonly offsets: Int32Array;
    readonly bytes: Uint8Array;
  }[] = [];
  private readonly decoder = new TextDecoder();

  append({ length, offsets, values }: ArrowColumn, from: number): void {
    this.chunks.push({ from, to: from + length, offsets: offsets!, bytes: values as Uint8Array });
  }

  at(point: number): string | undefined {
    const chunk = this.chunks.find(({ from, to }) => from <= point && point < to);
    if (chunk === undefined) return undefined;
    const { from, offsets, bytes } = chunk;
    return this.decoder.decode(bytes.subarray(offsets[point - from], offsets[point - from + 1]));
  }

  indexOf(text: string): number {
    const wanted = new TextEncoder().encode(text);
    for (const { from, to, offsets, bytes } of this.chunks) {
      for (let i = 0; i < to - from; i++) {
        const start = offsets[i]!;
        if (
          offsets[i + 1]! - start === wanted.length &&
          wanted.every((byte, at) => bytes[start + at] === byte)
        )
          return from + i;
      }
    }
    return -1;
  }
}

function forMissing({ validity, length }: ArrowColumn, take: (index: number) => void): void {
  if (validity === undefined) return;
  for (let i = 0; i < length; i++) if ((validity[i >> 3]! & (1 << (i & 7))) === 0) take(i);
}

let table: Float32Array | undefined;

/** The float32 of every float16 by its bits (IEEE 754 binary16). */
function halves(): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => {
    const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff];
    if (exponent === 0) return sign * mantissa * 2 ** -24;
    if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
    return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
  });
  return table;
}
