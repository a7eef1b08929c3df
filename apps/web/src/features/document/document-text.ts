import { asDomainError } from '@noema/kernel/domain-error';
import { type EvaluationDocument, parseDocument } from '@noema/evaluation';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument as parseYaml } from 'yaml';

/** An error of a document with its place. */
export interface TextFault {
  readonly message: string;
  /** Line of the text, from 1. */
  readonly line: number;
}

/** The text of a document, and the document or its first error. */
export type DocumentText =
  | { readonly document: EvaluationDocument; readonly fault: undefined }
  | { readonly document: undefined; readonly fault: TextFault };

/** Reads the YAML of charts and tests; the first error has its line. */
export function readDocumentText(text: string): DocumentText {
  const lines = new LineCounter();
  const yaml = parseYaml(text, { lineCounter: lines });
  const [error] = yaml.errors;
  if (error !== undefined)
    return {
      document: undefined,
      fault: {
        message: error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
        line: lines.linePos(error.pos[0]).line,
      },
    };
  try {
    // Aliases can stand for more text than a page holds.
    return { document: parseDocument(yaml.toJS({ maxAliasCount: 100 })), fault: undefined };
  } catch (thrown) {
    const fault = asDomainError(thrown);
    const path = toPath(fault.metadata['path'] ?? '');
    return {
      document: undefined,
      fault: {
        message: fault.message,
        line: findLine(yaml, lines, path),
      },
    };
  }
}

/** `charts[2].x` as `['charts', 2, 'x']`. */
const toPath = (path: string): (string | number)[] =>
  [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? name! : Number(index),
  );

/** The line of the node at a path, or of the nearest one above it. */
function findLine(yaml: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = yaml.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range != null) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** The text with another output; empty for the first one. Comments stay. */
export function putOutput(text: string, output: string): string {
  const yaml = parseYaml(text);
  if (output === '') yaml.delete('output');
  else if (yaml.has('output')) yaml.set('output', output);
  else if (isMap(yaml.contents)) yaml.contents.items.splice(1, 0, yaml.createPair('output', output));
  return format(yaml);
}

/** A list of a document. */
export type EntryList = 'charts' | 'tests';

/** An entry as a form has it: the fields of the grammar as texts; empty ones are left out. */
export type EntryFields = Readonly<Record<string, string>>;

/** Fields whose texts are numbers, booleans or lists of YAML. */
const VALUES: Readonly<Record<string, (text: string) => unknown>> = {
  interval: Number,
  min_n: Number,
  paired: (text) => text === 'true',
  versions: (text) => JSON.parse(text) as unknown,
};

/** Adds an entry at the end of a list, or replaces the one at a position; comments stay. */
export function putEntry(text: string, list: EntryList, fields: EntryFields, at?: number): string {
  const yaml = parseYaml(text);
  const entry = yaml.createNode(
    Object.fromEntries(
      Object.entries(fields)
        .filter(([, value]) => value !== '')
        .map(([name, value]) => [name, VALUES[name]?.(value) ?? value]),
    ),
    { flow: true },
  );
  if (at !== undefined) yaml.setIn([list, at], entry);
  else if (yaml.hasIn([list, 0])) yaml.addIn([list], entry);
  else yaml.set(list, yaml.createNode([entry]));
  return format(yaml);
}

/** Removes an entry of a list. */
export function removeEntry(text: string, list: EntryList, at: number): string {
  const yaml = parseYaml(text);
  yaml.deleteIn([list, at]);
  return format(yaml);
}

/** Moves an entry of a list by one place. */
export function moveEntry(text: string, list: EntryList, at: number, by: -1 | 1): string {
  const yaml = parseYaml(text);
  const [own, other] = [yaml.getIn([list, at], true), yaml.getIn([list, at + by], true)];
  if (own === undefined || other === undefined) return text;
  yaml.setIn([list, at], other);
  yaml.setIn([list, at + by], own);
  return format(yaml);
}

/** The fields of an entry as written. */
export function readEntry(text: string, list: EntryList, at: number): EntryFields {
  const document = parseYaml(text).toJS({ maxAliasCount: 100 }) as Partial<
    Record<EntryList, unknown[]>
  > | null;
  const entry = document?.[list]?.[at];
  return typeof entry !== 'object' || entry === null
    ? {}
    : Object.fromEntries(
        Object.entries(entry).map(([name, value]) => [
          name,
          typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value),
        ]),
      );
}

/** Names a condition as a slice of the document; replaces the slice of the same name. */
export function putSlice(text: string, name: string, where: string): string {
  const yaml = parseYaml(text);
  yaml.setIn(['slices', name], yaml.createNode({ where }, { flow: true }));
  // Slices come before the entries that name them.
  if (isMap(yaml.contents)) {
    const { items } = yaml.contents;
    const names = items.map(({ key }) => (isScalar(key) ? key.value : key));
    const at = names.indexOf('slices');
    const first = names.findIndex((one) => one === 'charts' || one === 'tests');
    if (first >= 0 && at > first) items.splice(first, 0, ...items.splice(at, 1));
  }
  return format(yaml);
}

/** Removes a slice of the document. */
export function removeSlice(text: string, name: string): string {
  const yaml = parseYaml(text);
  yaml.deleteIn(['slices', name]);
  return format(yaml);
}

const format = (yaml: Document): string => yaml.toString({ lineWidth: 110 });
