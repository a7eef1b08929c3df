import { Text } from '@mantine/core';
import { jsonMediaType, type VisualKind } from './visual-kind.js';

export interface TokensVisual {
  readonly kind: 'tokens';
  readonly tokens: readonly string[];
}

/** The pieces of a text. */
export const tokensKind: VisualKind<TokensVisual> = {
  key: 'tokens',
  mediaType: jsonMediaType('tokens'),
  read: (text) => ({ kind: 'tokens', ...(JSON.parse(text) as { tokens: string[] }) }),
  snippet: ({ tokens }) => tokens.join(' '),
  draw: ({ tokens }) => (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {tokens.join(' ')}
    </Text>
  ),
};
