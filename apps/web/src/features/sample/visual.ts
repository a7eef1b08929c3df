import { sliceTokens, storedText, type StoredVisual, visualKinds } from '@noema/integration/visuals';
import { DomainError } from '@noema/kernel/domain-error';
import type { ReactNode } from 'react';
import { visualDrawings } from './visuals/visual.registry.js';

/** A visual that the page reads; the browser decodes pictures. */
export type Visual = StoredVisual;

/** Reads a visual of that media type; throws `unsupported` VISUAL_UNKNOWN for a kind that cannot be shown. */
export function readVisual(mediaType: string, bytes: Uint8Array): Visual {
  const kind = visualKinds.values().find((one) => bareType(one.mediaType) === bareType(mediaType));
  if (kind?.readBytes !== undefined) return kind.readBytes(bytes) as Visual;
  const text = storedText(mediaType, bytes);
  if (kind?.read !== undefined && text !== undefined) return kind.read(text) as Visual;
  throw new DomainError(
    'unsupported',
    'VISUAL_UNKNOWN',
    `a visual of type ${mediaType || '(none)'} cannot be shown here; return an image, a text, series or ` +
      'a table from the visualizer',
  );
}

/**
 * The pieces of a text that stand for the first positions of an input of that length; undefined where they
 * are not known. Positions behind them are padding.
 */
export function listPieces(visual: Visual, length: number): readonly string[] | undefined {
  if (visual.kind === 'tokens') return visual.tokens.length <= length ? visual.tokens : undefined;
  if (visual.kind !== 'text' && visual.kind !== 'spans') return undefined;
  if (visual.kind === 'spans' && visual.offsets !== undefined) {
    const { offsets, text } = visual;
    return offsets.length > length ? undefined : sliceTokens(text, offsets);
  }
  const words = visual.text.trim().split(/\s+/);
  return words.length === length ? words : undefined;
}

/** A media type without its parameters. */
const bareType = (mediaType: string): string => mediaType.split(';', 1)[0]!;

/** The beginning of a visual as text, for where there is little room. */
export const toSnippet = (visual: Visual): string => visualKinds.get(visual.kind).snippet?.(visual) ?? '';

/** Draws a visual into a height in CSS pixels; a kind that the page does not draw is its beginning as text. */
export const drawVisual = (visual: Visual, height: number): ReactNode =>
  visualDrawings.find(visual.kind)?.draw?.(visual, height) ?? toSnippet(visual);
