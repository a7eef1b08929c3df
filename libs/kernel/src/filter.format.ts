const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/;

/** Returns the text as a literal of a filter: in quotes, with a backslash before each quote and backslash. */
export const formatText = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** Returns the text between the quotes of such a literal: a character after a backslash stands for itself. */
export const unescapeText = (written: string): string => written.replaceAll(/\\(.)/gs, '$1');

/**
 * Returns the name of a field as filters, `order_by` and expressions of charts take it: in quotes if it has spaces or
 * signs, as metadata columns of any name may.
 */
export const formatField = (name: string): string => (PLAIN_NAME.test(name) ? name : formatText(name));
