import { Injectable } from '@nestjs/common';
import { paintMean } from './mean.painter.js';
import { paintSheet } from './sheet.painter.js';

/** Draws pictures of every size and format with libvips, in separate threads. */
@Injectable()
export class SharpPainter {
  readonly sheet = paintSheet;
  readonly mean = paintMean;
}
