/**
 * Finds texts that occur twice. It holds one number a text, where a Map holds an entry: 3,000,000 ids take
 * 32 MiB.
 */
export class IdTable {
  private readonly slots: Int32Array;
  private readonly mask: number;

  constructor(private readonly ids: readonly string[]) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * ids.length)));
    this.slots = new Int32Array(size);
    this.mask = size - 1;
  }

  /** Adds the text at `index`; returns the index of the same text where one was added, and then adds nothing. */
  add(index: number): number | undefined {
    const id = this.ids[index]!;
    let slot = hashText(id) & this.mask;
    for (;;) {
      const entry = this.slots[slot]!;
      if (entry === 0) break;
      if (this.ids[entry - 1] === id) return entry - 1;
      slot = (slot + 1) & this.mask;
    }
    this.slots[slot] = index + 1;
    return undefined;
  }
}

/** FNV-1a over the code units, mixed so that the low bits depend on all of them. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
