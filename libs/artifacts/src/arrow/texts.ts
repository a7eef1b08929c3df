/** Concatenated UTF-8 texts. Text i is `bytes` from `offsets[i]` to `offsets[i + 1]`. */
export interface Texts {
  readonly bytes: Uint8Array;
  /** [texts + 1], starting at 0, ascending. */
  readonly offsets: Int32Array;
}

/** Encodes strings in slices, so that other work runs in between. */
export async function encodeTexts(strings: readonly string[]): Promise<Texts> {
  const offsets = new Int32Array(strings.length + 1);
  const slices: Uint8Array[] = [];
  for (let from = 0; from < strings.length; from += 16_384) {
    if (from > 0) await new Promise(setImmediate);
    const slice = strings.slice(from, from + 16_384);
    slice.forEach((text, i) => {
      offsets[from + i + 1] = offsets[from + i]! + Buffer.byteLength(text);
    });
    slices.push(Buffer.from(slice.join('')));
  }
  return { offsets, bytes: Buffer.concat(slices) };
}
