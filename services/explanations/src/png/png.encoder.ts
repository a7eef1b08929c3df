import { encodePng as encode } from '@noema/integration';
import type { Picture } from '../heat-map/picture.js';

/**
 * A picture as PNG; the same picture gives the same bytes. Heat maps are smooth: their lines are written as
 * differences, and little effort makes them small.
 */
export const encodePng = ({ width, height, rgb }: Picture): Uint8Array =>
  encode({ width, height, channels: 3, data: rgb }, { filter: 'up', level: 1 });
