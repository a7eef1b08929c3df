/**
 * Sequences that move a cursor, set a colour or name a window: CSI, OSC, and the two-character escapes
 * (ECMA-48).
 */
const ESCAPES =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/gu;
const CONTROLS = /[^\P{Cc}\n\t]|\p{Bidi_Control}/gu;

/**
 * Removes escape sequences and control characters, which terminals would interpret. Line ends and tabs stay.
 */
export const plainText = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(ESCAPES, '').replace(CONTROLS, '');
