import { findBytes, findUnknown, type Model, type PieceToken, readVocabulary } from './model.js';
import { type Part, tokenizerInvalid } from './tokenizer-fault.js';

/** Two neighbours that become one token. */
interface Merge {
  readonly rank: number;
  readonly id: number;
}

const MAX_CACHED = 10_000;

/** Byte-pair encoding (Sennrich et al. 2016): neighbours are merged in the order in which training merged them. */
export function toBpe(part: Part): Model {
  const { vocab, merges, ignore_merges: isWholeFirst, dropout } = part;
  if (typeof dropout === 'number' && dropout > 0)
    throw tokenizerInvalid('drops merges at random ("dropout"); set it to null');
  const vocabulary = readVocabulary(vocab);
  const prefix = toText(part['continuing_subword_prefix']);
  const ranks = readMerges(merges, vocabulary, prefix);
  const start = toSymbols(part, vocabulary, prefix);
  const cache = new Map<string, PieceToken[]>();
  const encode = (chars: readonly string[]): PieceToken[] => {
    const piece = chars.join('');
    const id = isWholeFirst === true ? vocabulary.get(piece) : undefined;
    if (id !== undefined) return [{ id, from: 0, to: chars.length }];
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const tokens = mergeAll(start(chars), ranks);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(piece, tokens);
    return tokens;
  };
  return { vocabulary, encode };
}

const toText = (value: unknown): string => (typeof value === 'string' ? value : '');
const pairKey = (left: number, right: number): number => left * 2 ** 26 + right;

function readMerges(
  merges: unknown,
  vocabulary: ReadonlyMap<string, number>,
  prefix: string,
): ReadonlyMap<number, Merge> {
  if (!Array.isArray(merges)) throw tokenizerInvalid('has a BPE model without a list of merges');
  return new Map(
    merges.map((merge: unknown, rank) => {
      const [left = '', right = '', more] = (
        Array.isArray(merge) ? merge : String(merge).split(' ')
      ) as string[];
      const ids = [left, right, `${left}${right.slice(prefix.length)}`].map((token) => vocabulary.get(token));
      if (more !== undefined || ids.includes(undefined))
        throw tokenizerInvalid(
          `has the merge ${rank}, ${JSON.stringify(merge)}, with a token that its vocabulary lacks`,
        );
      return [pairKey(ids[0]!, ids[1]!), { rank, id: ids[2]! }];
    }),
  );
}

/**
 * The tokens of single characters. One that the vocabulary lacks becomes its bytes, is unknown, or is left out
 * without such a token.
 */
function toSymbols(
  { unk_token: unk, fuse_unk: fuses, end_of_word_suffix: end, byte_fallback: usesBytes }: Part,
  vocabulary: ReadonlyMap<string, number>,
  prefix: string,
): (chars: readonly string[]) => PieceToken[] {
  const unknown = unk === null || unk === undefined ? undefined : findUnknown(vocabulary, unk);
  const suffix = toText(end);
  return (chars) => {
    const symbols: PieceToken[] = [];
    let isFusing = false;
    for (const [i, char] of chars.entries()) {
      const symbol = `${i > 0 ? prefix : ''}${char}${i === chars.length - 1 ? suffix : ''}`;
      const id = vocabulary.get(symbol);
      const bytes = id === undefined && usesBytes === true ? findBytes(vocabulary, symbol) : undefined;
      if (bytes !== undefined) {
        for (const byte of bytes) symbols.push({ id: byte, from: i, to: i + 1 });
        continue;
      }
      if (id !== undefined) symbols.push({ id, from: i, to: i + 1 });
      else if (isFusing) symbols.push({ ...symbols.pop()!, to: i + 1 });
      else if (unknown !== undefined) symbols.push({ id: unknown, from: i, to: i + 1 });
      isFusing = id === undefined && unknown !== undefined && fuses === true;
    }
    return symbols;
  };
}

/** A pair that may be merged: the position of its first symbol, and the merge. */
interface Candidate extends Merge {
  readonly at: number;
}

/** Merges the pairs of the lowest rank first, the leftmost first. */
function mergeAll(symbols: PieceToken[], merges: ReadonlyMap<number, Merge>): PieceToken[] {
  const ids = symbols.map(({ id }) => id);
  const next = symbols.map((_, i) => (i + 1 < symbols.length ? i + 1 : -1));
  const before = symbols.map((_, i) => i - 1);
  const queue = new CandidateHeap();
  const offer = (at: number): void => {
    if (at < 0 || next[at] === -1) return;
    const merge = merges.get(pairKey(ids[at]!, ids[next[at]!]!));
    if (merge !== undefined) queue.push({ at, ...merge });
  };
  for (let i = 0; i < symbols.length; i++) offer(i);
  for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
    const { at } = top;
    const right = next[at]!;
    // a neighbour was merged since the pair was offered
    if (ids[at] === -1 || right === -1 || merges.get(pairKey(ids[at]!, ids[right]!))?.rank !== top.rank)
      continue;
    symbols[at] = { id: top.id, from: symbols[at]!.from, to: symbols[right]!.to };
    ids[at] = top.id;
    ids[right] = -1;
    next[at] = next[right]!;
    if (next[at] !== -1) before[next[at]] = at;
    offer(before[at]!);
    offer(at);
  }
  return symbols.filter((_, i) => ids[i] !== -1);
}

/** Candidates by rank, then by position. */
class CandidateHeap {
  private readonly items: Candidate[] = [];

  push(item: Candidate): void {
    let at = this.items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): Candidate | undefined {
    const last = this.items.length - 1;
    if (last > 0) this.swap(0, last);
    const top = this.items.pop();
    for (let at = 0; ; ) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.items.length && this.isBefore(child, first)) first = child;
      if (first === at) return top;
      this.swap(at, first);
      at = first;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [first, second] = [this.items[a]!, this.items[b]!];
    return first.rank < second.rank || (first.rank === second.rank && first.at < second.at);
  }

  private swap(a: number, b: number): void {
    [this.items[a], this.items[b]] = [this.items[b]!, this.items[a]!];
  }
}
