import { findExtension } from './file-tree.js';

const PICTURES = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp', '.tif', '.tiff']);
const TEXTS = new Set(['.txt', '.text', '.md']);
/** WAV, and compressed formats, which are refused by the file. */
const SOUNDS = new Set(['.wav', '.mp3', '.flac', '.ogg', '.opus', '.m4a', '.aac', '.wma']);

export const isAudio = (path: string): boolean => SOUNDS.has(findExtension(path));
export const isPicture = (path: string): boolean => PICTURES.has(findExtension(path));
export const isText = (path: string): boolean => TEXTS.has(findExtension(path));
