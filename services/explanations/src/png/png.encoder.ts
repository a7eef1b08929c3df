import { encode } from 'fast-png';
import type { Picture } from '../domain/picture.js';

/** A picture as PNG; the same picture gives the same bytes. */
export const encodePng = ({ width, height, rgb }: Picture): Uint8Array => encode({ width, height, data: rgb, channels: 3, depth: 8 });
