import { findExtension } from './file-tree.js';

const PICTURES = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp', '.tif', '.tiff']);
const TEXTS = new Set(['.txt', '.text', '.md']);

export const isPicture = (path: string): boolean => PICTURES.has(findExtension(path));
export const isText = (path: string): boolean => TEXTS.has(findExtension(path));
