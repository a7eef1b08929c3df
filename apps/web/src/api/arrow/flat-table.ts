const text = new TextDecoder();

/**
 * A table of a FlatBuffer (google/flatbuffers, "Internals"): fields by their number, each with a default when
 * it is not there.
 */
export class FlatTable {
  private constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {}

  /** The root table of a buffer. */
  static readRoot(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getInt32(0, true));
  }

  int8(field: number): number {
    const at = this.place(field);
    return at === 0 ? 0 : this.view.getInt8(at);
  }

  int16(field: number): number {
    const at = this.place(field);
    return at === 0 ? 0 : this.view.getInt16(at, true);
  }

  int32(field: number): number {
    const at = this.place(field);
    return at === 0 ? 0 : this.view.getInt32(at, true);
  }

  int64(field: number): number {
    const at = this.place(field);
    return at === 0 ? 0 : Number(this.view.getBigInt64(at, true));
  }

  text(field: number): string {
    const at = this.target(field);
    if (at === 0) return '';
    return text.decode(
      new Uint8Array(this.view.buffer, this.view.byteOffset + at + 4, this.view.getInt32(at, true)),
    );
  }

  table(field: number): FlatTable | undefined {
    const at = this.target(field);
    return at === 0 ? undefined : new FlatTable(this.view, at);
  }

  tables(field: number): FlatTable[] {
    const at = this.target(field);
    return Array.from({ length: at === 0 ? 0 : this.view.getInt32(at, true) }, (_, i) => {
      const entry = at + 4 + 4 * i;
      return new FlatTable(this.view, entry + this.view.getInt32(entry, true));
    });
  }

  /** Pairs of int64, as a vector of structs of two. */
  pairs(field: number): (readonly [number, number])[] {
    const at = this.target(field);
    const number = (where: number): number => Number(this.view.getBigInt64(where, true));
    return Array.from({ length: at === 0 ? 0 : this.view.getInt32(at, true) }, (_, i) => [
      number(at + 4 + 16 * i),
      number(at + 12 + 16 * i),
    ]);
  }

  /** Where a field lies; 0 when it is not there. */
  private place(field: number): number {
    const layout = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + 2 * field;
    const offset = entry < this.view.getInt16(layout, true) ? this.view.getInt16(layout + entry, true) : 0;
    return offset === 0 ? 0 : this.at + offset;
  }

  /** Where what a field points at lies; 0 when it is not there. */
  private target(field: number): number {
    const at = this.place(field);
    return at === 0 ? 0 : at + this.view.getInt32(at, true);
  }
}
