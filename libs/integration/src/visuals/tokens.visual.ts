import type { TextVisual } from './text.visual.js';
import { areOffsets, type Offset, requireOffsets, sliceTokens } from './token-offsets.js';
import {
  encodeJson,
  exactly,
  isTexts,
  jsonMediaType,
  type VisualKind,
  visualInvalid,
} from './visual-kind.js';

export interface TokensVisual {
  readonly kind: 'tokens';
  /** One per token of the input; empty for a token without text. */
  readonly tokens: readonly string[];
  /** The whole text, where the tokens have positions in it. */
  readonly text?: string;
  readonly offsets?: readonly Offset[];
}

/**
 * A text, or its pieces: one per token of the input, in order, so that heat maps can color them:
 * `text(['rain', 'and', 'wind'])`, or `text('rain and wind', { offsets: [[0, 4], [5, 8], [9, 13]] })`, which
 * keeps the text between them. Tokens without text, such as padding, have the offset null, or a piece that is
 * empty.
 */
export function text(
  value: string | readonly string[],
  { offsets }: { readonly offsets?: readonly Offset[] } = {},
): TextVisual | TokensVisual {
  if (typeof value !== 'string') return { kind: 'tokens', tokens: value };
  if (offsets === undefined) return { kind: 'text', text: value };
  return { kind: 'tokens', text: value, offsets, tokens: [] };
}

/** The pieces of a text. */
export const tokensKind: VisualKind<TokensVisual> = {
  key: 'tokens',
  mediaType: jsonMediaType('tokens'),
  isText: true,
  encode({ tokens, text: whole, offsets }) {
    if (whole !== undefined) return encodeJson({ text: whole, offsets: requireOffsets(whole, offsets) });
    if (isTexts(tokens)) return encodeJson({ tokens });
    throw visualInvalid('the pieces of a text must be texts, one for each token of the input');
  },
  hasForm(value) {
    const parts = exactly(value, 'text', 'offsets');
    if (parts === undefined) return isTexts(exactly(value, 'tokens')?.tokens);
    const { text: whole, offsets } = parts;
    return typeof whole === 'string' && areOffsets(offsets, whole);
  },
  read(stored) {
    const parts = JSON.parse(stored) as { tokens: string[] } | { text: string; offsets: Offset[] };
    if ('tokens' in parts) return { kind: 'tokens', tokens: parts.tokens };
    return { kind: 'tokens', tokens: sliceTokens(parts.text, parts.offsets), ...parts };
  },
  snippet: ({ tokens, text: whole }) => whole ?? tokens.filter((token) => token !== '').join(' '),
};
