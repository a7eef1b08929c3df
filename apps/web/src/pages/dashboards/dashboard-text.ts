import { asDomainError } from '@noema/kernel/domain-error';
import { type EvaluationDocument, parseDocument } from '@noema/evaluation';
import { type Document, isNode, LineCounter, parseDocument as parseYaml } from 'yaml';

/** An error of a document with its place. */
export interface TextFault {
  readonly message: string;
  /** Line of the text, from 1. */
  readonly line: number;
  /** Position of the chart it is in; undefined elsewhere. */
  readonly chart: number | undefined;
}

/** The text of a dashboard, and what it means or why it means nothing. */
export type DashboardText =
  | { readonly document: EvaluationDocument; readonly fault: undefined }
  | { readonly document: undefined; readonly fault: TextFault };

/** Reads the YAML of a dashboard; the first error has its line. */
export function readDashboardText(text: string): DashboardText {
  const lines = new LineCounter();
  const yaml = parseYaml(text, { lineCounter: lines });
  const [error] = yaml.errors;
  if (error !== undefined)
    return {
      document: undefined,
      fault: {
        message: error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
        line: lines.linePos(error.pos[0]).line,
        chart: undefined,
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
        chart: path[0] === 'charts' && typeof path[1] === 'number' ? path[1] : undefined,
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

/** A chart as the form has it: the fields of the grammar as texts; empty ones are left out. */
export type ChartFields = Readonly<Record<string, string>>;

/** Adds a chart at the end of a document, or replaces the one at a position; comments stay. */
export function putChart(text: string, fields: ChartFields, at?: number): string {
  const yaml = parseYaml(text);
  const chart = yaml.createNode(
    Object.fromEntries(
      Object.entries(fields)
        .filter(([, value]) => value !== '')
        .map(([name, value]) => [name, name === 'interval' ? Number(value) : value]),
    ),
    { flow: true },
  );
  if (at !== undefined) yaml.setIn(['charts', at], chart);
  else if (yaml.hasIn(['charts', 0])) yaml.addIn(['charts'], chart);
  else yaml.set('charts', yaml.createNode([chart]));
  return yaml.toString({ lineWidth: 110 });
}

/** Removes a chart of a document. */
export function removeChart(text: string, at: number): string {
  const yaml = parseYaml(text);
  yaml.deleteIn(['charts', at]);
  return yaml.toString({ lineWidth: 110 });
}

/** Moves a chart of a document by one place. */
export function moveChart(text: string, at: number, by: -1 | 1): string {
  const yaml = parseYaml(text);
  const [own, other] = [yaml.getIn(['charts', at], true), yaml.getIn(['charts', at + by], true)];
  if (own === undefined || other === undefined) return text;
  yaml.setIn(['charts', at], other);
  yaml.setIn(['charts', at + by], own);
  return yaml.toString({ lineWidth: 110 });
}

/** The fields of a chart as written. */
export function readChart(text: string, at: number): ChartFields {
  const chart: unknown = (parseYaml(text).toJS({ maxAliasCount: 100 }) as { charts?: unknown[] } | null)
    ?.charts?.[at];
  return typeof chart !== 'object' || chart === null
    ? {}
    : Object.fromEntries(
        Object.entries(chart).map(([name, value]) => [
          name,
          typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value),
        ]),
      );
}
