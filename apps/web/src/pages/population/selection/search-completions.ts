import { type FieldType, formatField, formatText, unescapeText } from '@noema/kernel/filter-language';

/** A completion of a search: the whole text with it, and how it is shown. */
export interface Completion {
  readonly text: string;
  readonly title: string;
  readonly note: string;
}

/** The fields there are, `label` among them, and the values of fields that have few. */
export interface Known {
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly listValues: (field: string) => readonly string[];
}

/** Fields and values offered at once. */
const MOST = 40;

const NAME = String.raw`[A-Za-z_][\w.-]*`;
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
/** A field, a comparator and the beginning of a value at the end of what was typed. */
const VALUE = new RegExp(String.raw`(?:^|[\s(])(${NAME}|${QUOTED})\s*(?:!=|=|:)\s*("?)([^"\s]*)$`);
/** A condition, and the beginning of AND or OR. */
const NEXT = new RegExp(String.raw`[=<>!:]\s*(?:${QUOTED}|[^\s"()]+)\s+(\w*)$`);
/** The beginning of a field, in quotes or not, where a condition may begin. */
const FIELD = /^(?:.*(?:\(|(?:^|\s)(?:AND|OR|NOT)\s))?\s*("[^"]*|[^"=<>!:()]*)$/s;

/** The name that a field or text in quotes stands for. */
const unquoted = (text: string): string => unescapeText(text.replaceAll(/^"|"$/g, ''));

/** How what was typed can go on: a field, a value of it, or the next condition. */
export function completions(typed: string, { fields, listValues }: Known): Completion[] {
  const value = VALUE.exec(typed);
  if (value !== null) {
    const [, name = '', , begun = ''] = value;
    const field = unquoted(name);
    const head = typed.slice(0, typed.length - value[2]!.length - begun.length);
    const isText = field === 'label' || fields.get(field) === 'string';
    return listValues(field)
      .filter((one) => one.toLowerCase().startsWith(begun.toLowerCase()) && one !== begun)
      .slice(0, MOST)
      .map((one) => ({
        text: `${head}${/^[\w.-]+$/.test(one) || !isText ? one : formatText(one)} `,
        title: one,
        note: '',
      }));
  }
  const next = NEXT.exec(typed)?.[1]?.toUpperCase();
  const joins = ['AND', 'OR'].filter((one) => next !== undefined && one !== next && one.startsWith(next));
  if (joins.length > 0) {
    const head = typed.slice(0, typed.length - next!.length);
    return joins.map((one) => ({ text: `${head}${one} `, title: one, note: '' }));
  }
  const written = FIELD.exec(typed)?.[1];
  if (written === undefined) return [];
  const begun = unquoted(written);
  const head = typed.slice(0, typed.length - written.length);
  const names = ['label', ...fields.keys()];
  const ranked = [
    ...names.filter((name) => name.startsWith(begun)),
    ...names.filter((name) => !name.startsWith(begun) && begun !== '' && name.includes(begun)),
  ];
  return ranked
    .filter((name) => name !== begun)
    .slice(0, MOST)
    .map((name) => ({
      text: `${head}${formatField(name)} `,
      title: name,
      note: describeType(fields.get(name)),
    }));
}

const describeType = (type: FieldType | undefined): string =>
  type === undefined || typeof type !== 'string' ? '' : type;
