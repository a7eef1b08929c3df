import { Text } from '@mantine/core';
import type { VisualDrawing, VisualOf } from './visual-drawing.js';

/** The pieces of a text. */
export const tokensDrawing: VisualDrawing<VisualOf<'tokens'>> = {
  key: 'tokens',
  draw: ({ tokens, text }) => (
    <Text
      size="sm"
      style={{ overflowWrap: 'anywhere', whiteSpace: text === undefined ? undefined : 'pre-wrap' }}
    >
      {text ?? tokens.filter((token) => token !== '').join(' ')}
    </Text>
  ),
};
