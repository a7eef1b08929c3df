import { expect, it } from 'vitest';
import { capitalised } from './capitalised.js';

it.each([
  ['the file is cut off', 'The file is cut off'],
  ['undecided: too few', 'Undecided: too few'],
  ['done.', 'Done.'],
  ['trees.csv, line 3: five values', 'trees.csv, line 3: five values'],
  ['a/tokenizer.json: the tokenizer has no model', 'a/tokenizer.json: the tokenizer has no model'],
  ['"beak" is left out', '"beak" is left out'],
  ['', ''],
])('%j begins as %j', (text, shown) => {
  expect(capitalised(text)).toBe(shown);
});
