import { findExtension } from './file-tree.js';

const PICTURES = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp', '.tif', '.tiff']);
const TEXTS = new Set(['.txt', '.text', '.md']);
/** WAV, and compressed formats, which are refused by the file. */
const SOUNDS = new Set(['.wav', '.mp3', '.flac', '.ogg', '.opus', '.m4a', '.aac', '.wma']);

/** First bytes of sounds, as Latin-1. */
const SOUND_FORMS: readonly (readonly [RegExp, string])[] = [
  [/^RIFF....WAVE/s, 'WAV'],
  [/^fLaC/, 'FLAC'],
  [/^OggS/, 'Ogg'],
  [/^(?:ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff])/, 'MP3'],
  [/^....ftypM4A/s, 'M4A'],
];

/** The form of bytes that are a sound; `undefined` for others. */
export function findSoundForm(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return SOUND_FORMS.find(([form]) => form.test(head))?.[1];
}

export const isAudio = (path: string): boolean => SOUNDS.has(findExtension(path));
export const isPicture = (path: string): boolean => PICTURES.has(findExtension(path));
export const isText = (path: string): boolean => TEXTS.has(findExtension(path));
