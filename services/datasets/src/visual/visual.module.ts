import type { Provider } from '@nestjs/common';
import { SharpPainter } from '../sharp/sharp.painter.js';
import { VisualService } from './visual.service.js';
import { VisualStore } from './visual.store.js';

/** Providers of the pictures of samples, which the API of samples serves. */
export const visualApi: Provider[] = [VisualStore, SharpPainter, VisualService];
