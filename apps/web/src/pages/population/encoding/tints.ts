import { headed, part, plain } from '../../../parts/address/address-text.js';

/** Own colors by column and name, as `#rrggbb`. */
export type Tints = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The text of the colors of each column in an address: `true_class:4=ff0000`. */
export const formatTints = (tints: Tints): string[] =>
  Object.entries(tints).flatMap(([column, names]) => {
    const pairs = Object.entries(names).map(([name, color]) => `${part(name)}=${color.slice(1)}`);
    return pairs.length > 0 ? [`${part(column)}:${pairs.join(',')}`] : [];
  });

/** The column and its colors of such a text; `undefined` when it is not one. */
export function parseTint(text: string): [column: string, colors: Record<string, string>] | undefined {
  const head = headed(text);
  if (head === undefined) return undefined;
  const pairs = head[1].split(',').map((pair) => /^(.*)=([0-9a-f]{6})$/i.exec(pair));
  if (pairs.includes(null)) return undefined;
  return [
    head[0],
    Object.fromEntries(pairs.map((pair) => [plain(pair![1]!) ?? '', `#${pair![2]!.toLowerCase()}`])),
  ];
}
