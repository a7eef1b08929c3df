import { isId } from './model.js';
import { BYTE_BLANK } from './pre-tokenizers.js';
import { build, type Part, readParts, tokenizerInvalid } from './tokenizer-fault.js';

/** A token of a text: its id, its text in the vocabulary, and its part of the original in UTF-16 units. */
export interface Token {
  readonly id: number;
  readonly text: string;
  /** Absent for a token that stands for no part of the text. */
  readonly offset?: readonly [start: number, end: number];
}

/** Changes the tokens of a text in the end, such as by tokens before and after them. */
export interface PostProcessor {
  /** Number of tokens that it adds. */
  readonly added: number;
  readonly process: (tokens: readonly Token[], text: string) => readonly Token[];
}

/** Post-processors by their `type` in a `tokenizer.json`. */
const POST_PROCESSORS: Readonly<Record<string, (part: Part) => PostProcessor>> = {
  TemplateProcessing: template,
  BertProcessing: frame,
  RobertaProcessing: (part) => {
    const { trim_offsets: trims = true } = part;
    const framed = frame(part);
    const trim = trimOffsets(part);
    return trims === true
      ? { ...framed, process: (tokens, text) => framed.process(trim(tokens, text), text) }
      : framed;
  },
  ByteLevel: (part) => {
    const { trim_offsets: trims = true } = part;
    return { added: 0, process: trims === true ? trimOffsets(part) : (tokens) => tokens };
  },
  Sequence: ({ processors }) => {
    const steps = readParts('post-processor', processors).map(toPostProcessor);
    return {
      added: steps.reduce((sum, { added }) => sum + added, 0),
      process: (tokens, text) => steps.reduce((processed, { process }) => process(processed, text), tokens),
    };
  },
};

/** The post-processor of a `tokenizer.json`. Throws `invalid` TOKENIZER_INVALID for a kind that is not known. */
export function toPostProcessor(part: Part): PostProcessor {
  return build('post-processor', POST_PROCESSORS, part);
}

/** Two special tokens, `[text, id]`, around the text. */
function frame({ cls, sep }: Part): PostProcessor {
  const [first, last] = [cls, sep].map((pair): Token => {
    const [text, id] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof text !== 'string' || !isId(id))
      throw tokenizerInvalid(`has the special token ${JSON.stringify(pair)}, not a text and its id`);
    return { id, text };
  });
  return { added: 2, process: (tokens) => [first!, ...tokens, last!] };
}

function template({ single, special_tokens: special }: Part): PostProcessor {
  if (!Array.isArray(single)) throw tokenizerInvalid('has a template that is not a list');
  const table = (special ?? {}) as Record<string, { ids?: unknown; tokens?: unknown } | undefined>;
  const parts = single.map((piece: unknown): Token[] | 'text' => {
    const { SpecialToken: token, Sequence: sequence } = piece as Record<string, { id?: unknown } | undefined>;
    if (sequence?.id === 'A') return 'text';
    const name = String(token?.id);
    const { ids, tokens } = table[name] ?? {};
    if (!Array.isArray(ids) || ids.length === 0 || !ids.every(isId))
      throw tokenizerInvalid(`has the template ${JSON.stringify(piece)} without the id of its token`);
    return ids.map((id, i) => ({ id, text: Array.isArray(tokens) ? String(tokens[i]) : name }));
  });
  return {
    added: parts.reduce((sum, part) => sum + (part === 'text' ? 0 : part.length), 0),
    process: (tokens) => parts.flatMap((part) => (part === 'text' ? tokens : part)),
  };
}

const BLANK = new RegExp(`^[\\p{White_Space}${BYTE_BLANK}]$`, 'u');

/** Leaves blanks out of the parts of tokens, but the one that was put before the text. */
function trimOffsets({ add_prefix_space: hasPrefix = true }: Part): PostProcessor['process'] {
  return (tokens, text) =>
    tokens.map((token, i) => {
      if (token.offset === undefined) return token;
      let [start, end] = token.offset;
      const chars = [...token.text];
      const first = chars.findIndex((char) => !BLANK.test(char));
      const leading = first === -1 ? chars.length : first;
      const trailing = chars.length - 1 - chars.findLastIndex((char) => !BLANK.test(char));
      const isPrefix = (i === 0 || start === 0) && hasPrefix === true && leading === 1;
      for (let n = isPrefix ? 0 : leading; n > 0 && start < end; n--)
        start += String.fromCodePoint(text.codePointAt(start)!).length;
      for (let n = trailing; n > 0 && end > start; n--) end -= /[\uDC00-\uDFFF]/.test(text[end - 1]!) ? 2 : 1;
      return { ...token, offset: [start, end] };
    });
}
