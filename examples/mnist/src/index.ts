export { type Digit, readDigits, SIDE, splitDigits } from './digits.js';
export { integration } from './integration.js';
export { model, training } from './model.js';
