import type { Data } from 'apache-arrow/data';
import { Precision } from 'apache-arrow/enum';
import { DataType } from 'apache-arrow/type';
import type { Vector } from 'apache-arrow/vector';

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
  append(data: Data, from: number): void;
}

export class NumberStore implements PointStore {
  readonly values: Float32Array<ArrayBuffer>;

  constructor(count: number) {
    this.values = new Float32Array(count).fill(NaN);
  }

  append(data: Data, from: number): void {
    const source = data.values as Float32Array | Uint16Array | Int32Array;
    if (DataType.isFloat(data.type) && data.type.precision === Precision.HALF) {
      const floats = halves();
      for (let i = 0; i < data.length; i++) this.values[from + i] = floats[source[i]!]!;
    } else {
      this.values.set(source.subarray(0, data.length), from);
    }
    forMissing(data, (i) => { this.values[from + i] = NaN; });
  }
}

export class CodeStore implements PointStore, CodeColumn {
  readonly values: CodeColumn['values'];
  readonly missing: number;
  names: readonly string[] = [];

  constructor(count: number, indexBits: number) {
    this.values = indexBits === 8 ? new Uint8Array(count) : indexBits === 16 ? new Uint16Array(count) : new Int32Array(count);
    this.missing = indexBits === 8 ? 255 : indexBits === 16 ? 65_535 : -1;
    this.values.fill(this.missing);
  }

  append(data: Data, from: number): void {
    if (from === 0) this.names = [...(data.dictionary as Vector<DataType>)] as string[];
    this.values.set((data.values as Uint8Array).subarray(0, data.length), from);
    forMissing(data, (i) => { this.values[from + i] = this.missing; });
  }
}

/** Keeps the bytes and makes a string only of what is looked at. */
export class TextStore implements PointStore, TextColumn {
  private readonly chunks: { readonly from: number; readonly to: number; readonly offsets: Int32Array; readonly bytes: Uint8Array }[] = [];
  private readonly decoder = new TextDecoder();

  append(data: Data, from: number): void {
    this.chunks.push({ from, to: from + data.length, offsets: data.valueOffsets as Int32Array, bytes: data.values as Uint8Array });
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
        if (offsets[i + 1]! - start === wanted.length && wanted.every((byte, at) => bytes[start + at] === byte)) return from + i;
      }
    }
    return -1;
  }
}

function forMissing({ nullCount, nullBitmap, length, offset }: Data, take: (index: number) => void): void {
  if (nullCount === 0) return;
  for (let i = 0; i < length; i++) if ((nullBitmap[(offset + i) >> 3]! & (1 << ((offset + i) & 7))) === 0) take(i);
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
