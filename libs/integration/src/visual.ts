import { visualInvalid } from './visuals/visual-kind.js';
import { visualKinds } from './visuals/visual.registry.js';

/** A visual, encoded for storage and transfer. */
export interface EncodedVisual {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Encodes a visual as its kind says: a picture as PNG, a text as UTF-8. Throws `invalid` VISUAL_INVALID. */
export function encodeVisual(visual: unknown): EncodedVisual {
  if (typeof visual !== 'object' || visual === null || !('kind' in visual))
    throw visualInvalid('a visualizer must return image(…), text(…), series(…) or table(…)');
  const kind = visualKinds.find(String(visual.kind));
  if (kind === undefined)
    throw visualInvalid(
      `"${String(visual.kind)}" is not a kind of visual; known: ${visualKinds.keys().join(', ')}`,
    );
  return { mediaType: kind.mediaType, bytes: kind.encode(visual as { kind: string }) };
}
