import type { AlignedText } from './aligned-text.js';
import { tokenizerInvalid } from './tokenizer-fault.js';

/** Graphemes of more bytes are not looked up as a whole. */
const MAX_GRAPHEME_BYTES = 6;

/**
 * The normalization of a SentencePiece model: a double-array trie of the texts to replace, and their replacements.
 * Positions follow the reference, which shifts them where the first characters of a text are dropped.
 */
export function precompiled(charsmap: unknown): (text: AlignedText) => AlignedText {
  const map = readCharsmap(charsmap);
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return (text) => {
    const result = new Transformation();
    for (const { segment } of graphemes.segment(text.chars.join(''))) {
      const whole = Buffer.byteLength(segment) < MAX_GRAPHEME_BYTES ? map.find(segment) : undefined;
      if (whole !== undefined) result.replace([...segment].length, [...whole]);
      else
        for (const char of segment) {
          const other = map.find(char);
          if (other === undefined) result.keep(char);
          else result.replace(1, [...other]);
        }
    }
    return result.apply(text);
  };
}

/** Code points of the result; each consumes code points of the original, none for one that is inserted. */
class Transformation {
  private readonly steps: { readonly char: string; consumed: number }[] = [];

  keep(char: string): void {
    this.steps.push({ char, consumed: 1 });
  }

  /** The last ones of more code points are inserted; the last of fewer stands for the rest. */
  replace(old: number, chars: readonly string[]): void {
    for (const [at, char] of chars.entries()) this.steps.push({ char, consumed: at < old ? 1 : 0 });
    const last = this.steps.at(-1);
    if (chars.length < old && last !== undefined) last.consumed += old - chars.length;
  }

  apply({ starts, ends }: AlignedText): AlignedText {
    let at = 0;
    const sources = this.steps.map(({ consumed }) => {
      const source = consumed === 0 ? at - 1 : at;
      at += consumed;
      return source;
    });
    return {
      chars: this.steps.map(({ char }) => char),
      starts: sources.map((source) => starts[source] ?? 0),
      ends: sources.map((source) => ends[source] ?? 0),
    };
  }
}

/** Finds the replacement of the shortest beginning of a text that has one. */
interface Charsmap {
  find(text: string): string | undefined;
}

function readCharsmap(charsmap: unknown): Charsmap {
  const bytes = typeof charsmap === 'string' ? Buffer.from(charsmap, 'base64') : Buffer.alloc(0);
  const trieBytes = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
  if (trieBytes === 0 || trieBytes % 4 !== 0 || 4 + trieBytes > bytes.length)
    throw tokenizerInvalid('has a normalizer "Precompiled" without a table ("precompiled_charsmap")');
  const units = Uint32Array.from({ length: trieBytes / 4 }, (_, i) => bytes.readUInt32LE(4 + 4 * i));
  const replacements = bytes.subarray(4 + trieBytes);
  const textAt = (from: number): string => {
    const end = replacements.indexOf(0, from);
    return replacements.toString('utf8', from, end === -1 ? replacements.length : end);
  };
  return {
    find(text) {
      let node = findChildren(0, units[0]!);
      for (const byte of Buffer.from(text)) {
        node ^= byte;
        const unit = units[node];
        if (byte === 0 || unit === undefined || (unit & 0x8000_00ff) !== byte) return undefined;
        node = findChildren(node, unit);
        if ((unit & 0x100) !== 0) return textAt((units[node] ?? 0) & 0x7fff_ffff);
      }
      return undefined;
    },
  };
}

/** Where the children of a unit lie (Darts-clone): 21 bits, or 13 with a scale of 256. */
const findChildren = (node: number, unit: number): number => node ^ ((unit >>> 10) << ((unit & 0x200) >>> 6));
