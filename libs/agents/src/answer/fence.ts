/** Opening and closing delimiter of texts that come from data. */
export const FENCE = ['⟦', '⟧'] as const;

/** A text that comes from data or names: a sample id, a class, a name, the message of an error. */
export class DataText {
  constructor(
    readonly text: string,
    /** Characters after which the text is cut, if the answer has room for them. */
    readonly maxLength = 200,
  ) {}
}

/** A sentence of ours that quotes data. */
export class Sentence {
  constructor(readonly parts: readonly (string | DataText)[]) {}
}

/** Writes a sentence; its values are fenced. */
export const sentence = (words: TemplateStringsArray, ...values: readonly (string | number)[]): Sentence =>
  new Sentence(
    words.flatMap((word, i) => {
      const value = values[i];
      return value === undefined
        ? [word]
        : [word, typeof value === 'number' ? String(value) : new DataText(value)];
    }),
  );

/** Characters that could close the fence, look like it, hide text or move the cursor; and the escape itself. */
const UNSAFE = /[\\⟦⟧⟬⟭〚〛\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Writes a text between delimiters that it cannot close: delimiters, control characters and invisible characters
 * become `\u{…}`, a backslash is doubled. A long text is cut, and the number of characters that are left out follows
 * the fence.
 */
export function fence({ text, maxLength }: DataText, limit = Infinity): string {
  const characters = Array.from(text);
  const length = Math.min(maxLength, limit);
  const shown = characters.length <= length ? text : characters.slice(0, length).join('');
  const rest = characters.length <= length ? '' : `…+${characters.length - length}`;
  return `${FENCE[0]}${shown.replaceAll(UNSAFE, escapeCharacter)}${FENCE[1]}${rest}`;
}

/** Returns the text of a fence that a client sends back; any other text is returned unchanged. */
export function unfence(text: string): string {
  if (!text.startsWith(FENCE[0]) || !text.endsWith(FENCE[1])) return text;
  return text
    .slice(1, -1)
    .replaceAll(/\\(?:\\|u\{([0-9a-f]{1,6})\})/g, (escape, code: string | undefined) =>
      code === undefined ? '\\' : readCodePoint(code, escape),
    );
}

const escapeCharacter = (character: string): string =>
  character === '\\' ? '\\\\' : `\\u{${character.codePointAt(0)!.toString(16)}}`;

function readCodePoint(code: string, otherwise: string): string {
  const value = Number.parseInt(code, 16);
  return value <= 0x10ffff ? String.fromCodePoint(value) : otherwise;
}
