import { Registry } from '@noema/kernel';
import { arrayEncoder } from './array.encoder.js';
import { boxesEncoder } from './boxes.encoder.js';
import { classesEncoder } from './classes.encoder.js';
import type { DataEncoder } from './encoder.js';
import { featuresEncoder } from './features.encoder.js';
import { labelsEncoder } from './labels.encoder.js';
import { maskEncoder } from './mask.encoder.js';
import { numberEncoder } from './number.encoder.js';
import { pictureEncoder } from './picture.encoder.js';
import { presenceEncoder } from './presence.encoder.js';
import { spectrogramEncoder } from './spectrogram.encoder.js';
import { tagsEncoder } from './tags.encoder.js';
import { tokensEncoder } from './tokens.encoder.js';
import { wordsEncoder } from './words.encoder.js';

/** All declared preprocessing. A new encoder is one file, and its line here. */
export const ENCODERS = new Registry<DataEncoder>('encoder', [
  pictureEncoder,
  featuresEncoder,
  numberEncoder,
  classesEncoder,
  labelsEncoder,
  presenceEncoder,
  boxesEncoder,
  maskEncoder,
  wordsEncoder,
  tokensEncoder,
  tagsEncoder,
  arrayEncoder,
  spectrogramEncoder,
]);
