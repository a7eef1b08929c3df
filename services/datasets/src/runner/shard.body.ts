/** A text column as bytes: lengths u32le, one a row, then the texts. `null` has the length 2³² − 1. */
const NULL = 0xffff_ffff;
const SMALL = 16_384;

export function packBlobs(values: readonly (Uint8Array | null)[]): Uint8Array[] {
  const known = values.filter((value) => value !== null);
  return [
    toBytes(Uint32Array.from(values, (value) => value?.byteLength ?? NULL)),
    // a part is a call to the channel: many small ones are copied together
    ...(known.length > 1 && known.every(({ byteLength }) => byteLength < SMALL)
      ? [Buffer.concat(known)]
      : known),
  ];
}

export const packTexts = (values: readonly (string | null)[]): Uint8Array[] => [
  toBytes(Uint32Array.from(values, (value) => (value === null ? NULL : Buffer.byteLength(value)))),
  Buffer.from(values.filter((value) => value !== null).join('')),
];

export const toBytes = (array: Float32Array | Float64Array | Int32Array | Uint32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Takes a body apart, front to back; what is not there is refused by `refuse`. */
export class BodyReader {
  private at = 0;

  constructor(
    private readonly body: Buffer,
    private readonly refuse: (what: string) => Error,
  ) {}

  bytes(length: number): Buffer {
    if (length > this.body.length - this.at)
      throw this.refuse(`${this.body.length} bytes, fewer than its answer needs`);
    return this.body.subarray(this.at, (this.at += length));
  }

  /** A view; the body must be aligned up to here. */
  float32(count: number): Float32Array {
    const bytes = this.bytes(count * 4);
    return new Float32Array(bytes.buffer, bytes.byteOffset, count);
  }

  int32(count: number): Int32Array {
    return new Int32Array(copied(this.bytes(count * 4)));
  }

  float64(count: number): Float64Array {
    return new Float64Array(copied(this.bytes(count * 8)));
  }

  blobs(count: number): (Buffer | null)[] {
    const lengths = new Uint32Array(copied(this.bytes(count * 4)));
    return Array.from(lengths, (length) => (length === NULL ? null : this.bytes(length)));
  }

  end(): void {
    if (this.at !== this.body.length)
      throw this.refuse(`${this.body.length - this.at} bytes more than its answer needs`);
  }
}

const copied = (bytes: Buffer): ArrayBuffer => Uint8Array.from(bytes).buffer;
