import { findBytes, findLongest, isId, type Model, type PieceToken } from './model.js';
import { type Part, tokenizerInvalid } from './tokenizer-fault.js';

/** By how much an unknown code point scores below the worst token. */
const UNKNOWN_PENALTY = 10;

/** The most probable tokens of a unigram language model (Kudo 2018); unknown code points in a row are one. */
export function toUnigram({ vocab, unk_id: unknown, byte_fallback: usesBytes }: Part): Model {
  const entries = readScores(vocab);
  if (!isId(unknown) || unknown >= entries.length)
    throw tokenizerInvalid(`has the id ${JSON.stringify(unknown)} as its unknown token`);
  const vocabulary = new Map(entries.map(([token], id) => [token, id]));
  const scores = entries.map(([, score]) => score);
  const worst = scores.reduce((low, score) => Math.min(low, score), Infinity) - UNKNOWN_PENALTY;
  const longest = findLongest(vocabulary.keys());
  const encode = (chars: readonly string[]): PieceToken[] => {
    const best = new Float64Array(chars.length + 1).fill(-Infinity);
    const from = new Int32Array(chars.length + 1);
    const ids = new Int32Array(chars.length + 1);
    best[0] = 0;
    for (let start = 0; start < chars.length; start++) {
      const offer = (to: number, id: number, score: number): void => {
        const total = score + best[start]!;
        if (total <= best[to]!) return;
        best[to] = total;
        from[to] = start;
        ids[to] = id;
      };
      let token = '';
      let isKnown = false;
      for (let to = start + 1; to <= Math.min(chars.length, start + longest); to++) {
        token += chars[to - 1]!;
        const id = vocabulary.get(token);
        if (id === undefined) continue;
        offer(to, id, scores[id]!);
        isKnown ||= to === start + 1;
      }
      if (!isKnown) offer(start + 1, unknown, worst);
    }
    const tokens = trace(chars.length, from, ids, unknown);
    return usesBytes === true ? tokens.flatMap((token) => toBytes(token, chars)) : tokens;
  };
  /** The bytes of an unknown token, each of which stands for the whole of it. */
  const toBytes = (token: PieceToken, chars: readonly string[]): PieceToken[] => {
    const text = token.id === unknown ? chars.slice(token.from, token.to).join('') : undefined;
    const bytes = text === undefined || vocabulary.has(text) ? undefined : findBytes(vocabulary, text);
    return bytes?.map((id) => ({ ...token, id })) ?? [token];
  };
  return { vocabulary, encode };
}

/** The tokens of the best path, from its end. */
function trace(length: number, from: Int32Array, ids: Int32Array, unknown: number): PieceToken[] {
  const tokens: PieceToken[] = [];
  for (let to = length; to > 0; to = from[to]!) {
    const last = tokens.at(-1);
    const token = { id: ids[to]!, from: from[to]!, to };
    if (token.id === unknown && last?.id === unknown) tokens[tokens.length - 1] = { ...token, to: last.to };
    else tokens.push(token);
  }
  return tokens.reverse();
}

function readScores(vocab: unknown): [token: string, score: number][] {
  const isEntry = (entry: unknown): entry is [string, number] =>
    Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number';
  if (Array.isArray(vocab) && vocab.length > 0 && vocab.every(isEntry)) return vocab;
  throw tokenizerInvalid('has a vocabulary that is not a list of tokens with their scores');
}
