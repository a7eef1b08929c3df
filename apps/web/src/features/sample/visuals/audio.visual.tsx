import type { StoredAudio } from '@noema/integration/visuals';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import type { VisualDrawing } from './visual-drawing.js';

const AudioView = lazyPart(async () => ({ default: (await import('./audio.view.js')).AudioView }));

/** Sound: its wave and spectrogram, and a button that plays it. */
export const audioDrawing: VisualDrawing<StoredAudio> = {
  key: 'audio',
  draw: (visual) => <AudioView sound={visual} />,
};
