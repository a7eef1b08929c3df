/**
 * Sequences that move a cursor, set a colour or name a window: CSI, OSC, and the two-character escapes
 * (ECMA-48).
 */
const CONTROL_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/u;
const COMMAND = /(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/u;
const OTHER_ESCAPE = /\u001b[ -/]*[0-~]/u;
const ESCAPES = new RegExp(
  [CONTROL_SEQUENCE, COMMAND, OTHER_ESCAPE].map(({ source }) => source).join('|'),
  'gu',
);
const CONTROLS = /[^\P{Cc}\n\t]|\p{Bidi_Control}/gu;

/**
 * Removes escape sequences and control characters, which terminals would interpret. Line ends and tabs stay.
 */
export const plainText = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(ESCAPES, '').replace(CONTROLS, '');
