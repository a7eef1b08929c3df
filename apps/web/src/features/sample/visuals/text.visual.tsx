import { Text } from '@mantine/core';
import type { VisualKind } from './visual-kind.js';

export interface TextVisual {
  readonly kind: 'text';
  readonly text: string;
}

/** A text. */
export const textKind: VisualKind<TextVisual> = {
  key: 'text',
  mediaType: 'text/plain',
  read: (text) => ({ kind: 'text', text }),
  snippet: ({ text }) => text,
  draw: ({ text }) => (
    <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {text}
    </Text>
  ),
};
