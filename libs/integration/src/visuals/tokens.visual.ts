import type { TextVisual } from './text.visual.js';
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
  readonly tokens: readonly string[];
}

/**
 * A text, or its pieces: one per token of the input, in order, so that heat maps can color them:
 * `text(['rain', 'and', 'wind'])`.
 */
export const text = (value: string | readonly string[]): TextVisual | TokensVisual =>
  typeof value === 'string' ? { kind: 'text', text: value } : { kind: 'tokens', tokens: value };

/** The pieces of a text. */
export const tokensKind: VisualKind<TokensVisual> = {
  key: 'tokens',
  mediaType: jsonMediaType('tokens'),
  encode({ tokens }) {
    if (isTexts(tokens)) return encodeJson({ tokens });
    throw visualInvalid('the pieces of a text must be texts, one for each token of the input');
  },
  hasForm: (value) => isTexts(exactly(value, 'tokens')?.tokens),
  read: (stored) => ({ kind: 'tokens', ...(JSON.parse(stored) as Pick<TokensVisual, 'tokens'>) }),
  snippet: ({ tokens }) => tokens.join(' '),
};
