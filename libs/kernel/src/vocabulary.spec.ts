import { expect, it } from 'vitest';
import { compareVocabularies } from './vocabulary.js';

const words = { kind: 'words', size: 9, tokenDigest: 'aaaaaaaabbbb', textDigest: 'c' };

it('compares ids by their tokens and by the ids of texts, and lets go what states none', () => {
  expect(compareVocabularies(words, { ...words, kind: 'WordLevel' })).toBeUndefined();
  expect(compareVocabularies(undefined, words)).toBeUndefined();
  expect(compareVocabularies(words, undefined)).toBeUndefined();
  expect(compareVocabularies(words, { ...words, size: 8, tokenDigest: 'dddddddd' })).toBe(
    'takes 9 ids of words (aaaaaaaa), the data have 8 ids of words (dddddddd): the same ids stand for other tokens',
  );
  expect(compareVocabularies(words, { ...words, textDigest: 'e' })).toContain('padded in another way');
});
