import { Text } from '@mantine/core';
import type { VisualDrawing, VisualOf } from './visual-drawing.js';

/** A text. */
export const textDrawing: VisualDrawing<VisualOf<'text'>> = {
  key: 'text',
  draw: ({ text }) => (
    <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {text}
    </Text>
  ),
};
