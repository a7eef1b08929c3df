import { type DescMessage, type MessageShape, toJson } from '@bufbuild/protobuf';
import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import { type Column, formatTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

/** Prints resources: proto3 JSON with --json, else a table. */
export function printList<S extends DescMessage>(
  terminal: Terminal,
  schema: S,
  rows: readonly MessageShape<S>[],
  columns: readonly Column<MessageShape<S>>[],
): void {
  terminal.document(rows.map((row) => toJson(schema, row)));
  if (rows.length === 0) terminal.note('nothing there yet');
  else for (const line of formatTable(rows, columns)) terminal.line(line);
}

/** Prints one resource: proto3 JSON with --json, else one line a field. */
export function printOne<S extends DescMessage>(
  terminal: Terminal,
  schema: S,
  message: MessageShape<S>,
  fields: Readonly<Record<string, string | number>>,
): void {
  terminal.document(toJson(schema, message));
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  for (const [name, value] of Object.entries(fields))
    terminal.line(`${terminal.color.dim(name.padEnd(width))}  ${value}`);
}

export const when = (time: Timestamp | undefined): string =>
  time === undefined ? '' : timestampDate(time).toISOString().slice(0, 19).replace('T', ' ');

/** A number of an enum in lower case. */
export const stateName = (names: Readonly<Record<number, string>>, value: number): string =>
  (names[value] ?? 'unknown').toLowerCase();
