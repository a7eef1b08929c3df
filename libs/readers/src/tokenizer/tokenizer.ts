import { AddedTokens, readAddedTokens } from './added-tokens.js';
import { alignText, type AlignedText, sliceText } from './aligned-text.js';
import { isId, requireSize } from './model.js';
import { toModel } from './models.js';
import { type Normalizer, toNormalizer } from './normalizers.js';
import { type Token, toPostProcessor } from './post-processors.js';
import { type PreTokenizer, toPreTokenizer } from './pre-tokenizers.js';
import { cutTo, padTo, type Side } from './sequence-length.js';
import { type Part, tokenizerInvalid } from './tokenizer-fault.js';

/** Texts of these names are the padding where the file names no other. */
const PADS = ['[PAD]', '<pad>', '<|pad|>', '<|endoftext|>', '</s>'];

/** A tokenizer, with its ids and positions. */
export interface Tokenizer {
  /** Kind of its model by its name in the file. */
  readonly kind: string;
  /** Ids of all tokens. */
  readonly tokens: ReadonlyMap<string, number>;
  /** Number of ids: the largest one, and 1. */
  readonly size: number;
  /** Id of the padding. */
  readonly pad: number;
  /** Largest number of tokens that the file asks for, where it does. */
  readonly maxLength?: number;
  /** Tokens of a text, with the special ones. */
  readonly encode: (text: string) => readonly Token[];
  /** The same, cut and padded to `length` tokens; padding has no offset. */
  readonly encodeTo: (text: string, length: number) => readonly (Token & { readonly isPad?: true })[];
}

/** The tokenizer that the parts of a `tokenizer.json` describe. Throws `invalid` TOKENIZER_INVALID. */
export function toTokenizer(file: Part): Tokenizer {
  const model = toModel(readPart(file, 'model') ?? {});
  const normalize = optional(file, 'normalizer', toNormalizer) ?? ((text: AlignedText) => text);
  const preTokenize = optional(file, 'pre_tokenizer', toPreTokenizer) ?? ((text: AlignedText) => [text]);
  const post = optional(file, 'post_processor', toPostProcessor) ?? { added: 0, process: (tokens) => tokens };
  const added = readAddedTokens(file['added_tokens']);
  const ids = new Map([...model.vocabulary, ...added.map(({ content, id }) => [content, id] as const)]);
  const size = requireSize(ids.values());
  const names: string[] = [];
  for (const [text, id] of ids) names[id] = text;
  const divide = toDivider(added, normalize, preTokenize);
  const encode = (text: string): Token[] =>
    divide(alignText(text)).flatMap(({ piece, id }) =>
      (id === undefined ? model.encode(piece.chars) : [{ id, from: 0, to: piece.chars.length }]).map(
        (token) => ({
          id: token.id,
          text: names[token.id]!,
          offset: [piece.starts[token.from]!, piece.ends[token.to - 1]!] as const,
        }),
      ),
    );
  const truncation = readPart(file, 'truncation');
  const padding = readPart(file, 'padding');
  const pad = padding?.['pad_id'] ?? PADS.map((name) => ids.get(name)).find((id) => id !== undefined) ?? 0;
  if (!isId(pad)) throw tokenizerInvalid(`pads by the id ${JSON.stringify(pad)}`);
  const { max_length: maxLength } = truncation ?? {};
  return {
    kind: String(readPart(file, 'model')?.['type']),
    tokens: ids,
    size,
    pad,
    ...(typeof maxLength === 'number' ? { maxLength } : {}),
    encode: (text) => post.process(encode(text), text),
    encodeTo: (text, length) =>
      padTo(
        post.process(cutTo(encode(text), Math.max(0, length - post.added), readSide(truncation)), text),
        length,
        { id: pad, text: names[pad] ?? '', isPad: true },
        readSide(padding),
      ),
  };
}

function readPart(file: Part, key: string): Part | undefined {
  const part = file[key];
  if (part === undefined || part === null) return undefined;
  if (typeof part === 'object' && !Array.isArray(part)) return part as Part;
  throw tokenizerInvalid(`has the ${key} ${JSON.stringify(part)}, which is not an object`);
}

function optional<T>(file: Part, key: string, make: (part: Part) => T): T | undefined {
  const part = readPart(file, key);
  return part === undefined ? undefined : make(part);
}

const readSide = (part: Part | undefined): Side =>
  String(part?.['direction']).toLowerCase() === 'left' ? 'left' : 'right';

interface Division {
  readonly piece: AlignedText;
  /** Id of the added token that the piece is. */
  readonly id?: number;
}

/** Added tokens are found before normalization or after it, and the rest is normalized and divided. */
function toDivider(
  added: ReturnType<typeof readAddedTokens>,
  normalize: Normalizer,
  preTokenize: PreTokenizer,
): (text: AlignedText) => Division[] {
  const isNormalized = ({ normalized = true }: (typeof added)[number]): boolean => normalized;
  const plain = new AddedTokens(
    added.filter((token) => !isNormalized(token)),
    (text) => text,
  );
  const normalized = new AddedTokens(added.filter(isNormalized), normalize);
  const split = (tokens: AddedTokens, text: AlignedText): Division[] =>
    tokens
      .split(text)
      .map(({ from, to, id }) => ({ piece: sliceText(text, from, to), ...(id === undefined ? {} : { id }) }));
  const unless = (divisions: readonly Division[], divide: (piece: AlignedText) => Division[]): Division[] =>
    divisions.flatMap((division) => (division.id === undefined ? divide(division.piece) : [division]));
  return (text) =>
    unless(
      unless(split(plain, text), (piece) => split(normalized, normalize(piece))),
      (piece) => preTokenize(piece).map((one) => ({ piece: one })),
    );
}
