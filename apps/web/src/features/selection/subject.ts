/** Some rows of a dataset version, as the API takes them, and a key that distinguishes them from others. */
export interface Subject {
  readonly bitmap: Uint8Array;
  readonly count: number;
  readonly key: string;
}

/** All rows of a dataset version, compared with nothing. */
export function allRows(count: number): Subject {
  const bitmap = new Uint8Array(Math.ceil(count / 8)).fill(0xff);
  if (count % 8 !== 0) bitmap[bitmap.length - 1] = (1 << (count % 8)) - 1;
  return { bitmap, count, key: `all-${count}` };
}

/** The subject of a bitmap of rows. */
export function identifySubject(bitmap: Uint8Array, count: number): Subject {
  // FNV-1a with 32 bits, twice with other beginnings: enough to distinguish the selections of one tab.
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < bitmap.length; i++) {
    a = Math.imul(a ^ bitmap[i]!, 0x01000193);
    b = Math.imul(b ^ bitmap[i]!, 0x85ebca6b);
  }
  return { bitmap, count, key: `${count}-${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}` };
}
