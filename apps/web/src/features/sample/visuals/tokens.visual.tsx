import { Text } from '@mantine/core';
import type { VisualDrawing, VisualOf } from './visual-drawing.js';

/** The pieces of a text. */
export const tokensDrawing: VisualDrawing<VisualOf<'tokens'>> = {
  key: 'tokens',
  draw: ({ tokens }) => (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {tokens.join(' ')}
    </Text>
  ),
};
