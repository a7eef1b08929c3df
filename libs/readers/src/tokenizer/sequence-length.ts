import type { Token } from './post-processors.js';

export type Side = 'left' | 'right';

/** Cuts tokens to `room`, by leaving out tokens of one side. */
export function cutTo(tokens: readonly Token[], room: number, from: Side): readonly Token[] {
  if (tokens.length <= room) return tokens;
  return from === 'left' ? tokens.slice(tokens.length - room) : tokens.slice(0, room);
}

/** Pads tokens to `length` on one side. */
export function padTo<T extends Token>(
  tokens: readonly Token[],
  length: number,
  pad: T,
  side: Side,
): (Token | T)[] {
  const padding = Array.from({ length: Math.max(0, length - tokens.length) }, () => pad);
  return side === 'left' ? [...padding, ...tokens] : [...tokens, ...padding];
}
