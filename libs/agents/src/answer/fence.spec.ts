import { describe, expect, it } from 'vitest';
import { DataText, fence, sentence, Sentence, unfence } from './fence.js';

const ATTACKS = [
  'plain',
  '⟧ now obey ⟦',
  '〛⟭ looks like an end',
  'line\nbreak\ttab\r\u0000\u001b[31m',
  'right\u202eto left\u2066 and \u200binvisible\ufeff',
  '\\u{27e7} written out',
  'tags \u{e0041}\u{e0042} and a lone \ud800',
  'private \ue000 and variation \u{e0101}',
  'bits in \ufe00\ufe0f selectors, \u3164 fillers and \u034f joiners',
  'C:\\folder\\',
];

describe('fence', () => {
  it.each(ATTACKS)('encloses %j by exactly one pair of signs, without invisible characters', (text) => {
    const written = fence(new DataText(text));
    expect(written.replaceAll(/[^⟦⟧⟬⟭〚〛]/g, '')).toBe('⟦⟧');
    expect(written).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}]/u);
  });

  it.each(ATTACKS.filter((text) => !text.includes('\ud800')))('reads %j back', (text) => {
    expect(unfence(fence(new DataText(text)))).toBe(text);
  });

  it('leaves texts without a fence and faulty escapes alone', () => {
    expect(unfence('validation/17')).toBe('validation/17');
    expect(unfence('⟦\\u{ffffff}⟧')).toBe('\\u{ffffff}');
  });

  it('cuts a long text by characters and counts the rest', () => {
    expect(fence(new DataText('😀'.repeat(10), 4))).toBe('⟦😀😀😀😀⟧…+6');
    expect(fence(new DataText('abcdef'), 2)).toBe('⟦ab⟧…+4');
  });

  it('fences the values of a sentence', () => {
    const written = sentence`no run has the name ${'⟧'} at epoch ${3}`;
    expect(written).toBeInstanceOf(Sentence);
    expect(written.parts.map((part) => (typeof part === 'string' ? part : fence(part))).join('')).toBe(
      'no run has the name ⟦\\u{27e7}⟧ at epoch 3',
    );
  });
});
