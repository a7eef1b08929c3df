import type { FieldType } from '@noema/kernel/filter-language';

/** What a search may go on with: the whole text with it, and how it is shown. */
export interface Completion {
  readonly text: string;
  readonly title: string;
  readonly note: string;
}

/** The fields there are, `label` among them, and the values of those that have few. */
export interface Known {
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly valuesOf: (field: string) => readonly string[];
}

/** Fields and values offered at once. */
const MOST = 40;

/** How what was typed can go on: a field, a value of it, or the next condition. */
export function completions(typed: string, { fields, valuesOf }: Known): Completion[] {
  const value = /(?:^|[\s(])([A-Za-z_][\w.-]*)\s*(?:!=|=|:)\s*("?)([^"\s]*)$/.exec(typed);
  if (value !== null) {
    const [, field = '', , begun = ''] = value;
    const head = typed.slice(0, typed.length - value[2]!.length - begun.length);
    const isText = field === 'label' || fields.get(field) === 'string';
    return valuesOf(field)
      .filter((one) => one.toLowerCase().startsWith(begun.toLowerCase()) && one !== begun)
      .slice(0, MOST)
      .map((one) => ({
        text: `${head}${/^[\w.-]+$/.test(one) || !isText ? one : JSON.stringify(one)} `,
        title: one,
        note: '',
      }));
  }
  const word = /(?:^|[\s(])([A-Za-z_][\w.-]*)?$/.exec(typed);
  if (word === null) return [];
  const begun = word[1] ?? '';
  const head = typed.slice(0, typed.length - begun.length);
  if (/[=<>!:]\s*("[^"]*"|[^\s"()]+)\s+$/.test(head))
    return ['AND', 'OR']
      .filter((one) => one.startsWith(begun.toUpperCase()))
      .map((one) => ({ text: `${head}${one} `, title: one, note: '' }));
  if (head !== '' && !/(\(|\b(AND|OR|NOT)\s+)$/.test(head)) return [];
  const names = ['label', ...fields.keys()];
  const ranked = [
    ...names.filter((name) => name.startsWith(begun)),
    ...names.filter((name) => !name.startsWith(begun) && begun !== '' && name.includes(begun)),
  ];
  return ranked
    .filter((name) => name !== begun)
    .slice(0, MOST)
    .map((name) => ({ text: `${head}${name} `, title: name, note: noteOf(fields.get(name)) }));
}

const noteOf = (type: FieldType | undefined): string =>
  type === undefined || typeof type !== 'string' ? '' : type;
