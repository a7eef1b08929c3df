import { encodeText, type VisualKind } from './visual-kind.js';

export interface TextVisual {
  readonly kind: 'text';
  readonly text: string;
}

/** A text, stored as UTF-8. */
export const textKind: VisualKind<TextVisual> = {
  key: 'text',
  mediaType: 'text/plain; charset=utf-8',
  isText: true,
  encode: ({ text }) => encodeText(text),
  read: (stored) => ({ kind: 'text', text: stored }),
  snippet: ({ text }) => text,
};
