import type { DescField, DescMessage } from '@bufbuild/protobuf';

/**
 * Strings in the place of a name, an id, a key or an address. `trap` is the URL of a server of the attacker.
 */
export const hostileStrings = (trap: string): Readonly<Record<string, string>> => ({
  'a path out': '../../../../../../etc/passwd',
  'a path out of Windows': '..\\..\\..\\windows\\win.ini',
  'an absolute path': '/etc/passwd',
  'a file URL': 'file:///etc/passwd',
  SQL: "x'; DROP TABLE project; --",
  'SQL that changes the team': "x'); SELECT set_config('noema.team_id', gen_random_uuid()::text, false); --",
  'line breaks of a header': 'x\r\nx-injected: 1\r\n\r\n<b>',
  NUL: 'x\0.js',
  'a prototype': '__proto__',
  'an address of the attacker': trap,
  'a long text': 'x'.repeat(100_000),
});

/** The same as parts of a path, some of which no client library would send. */
export const HOSTILE_SEGMENTS: Readonly<Record<string, string>> = {
  'a path out': '..%2f..%2f..%2f..%2fetc%2fpasswd',
  'a path out, twice encoded': '%252e%252e%252f%252e%252e%252fetc%252fpasswd',
  'a path out of Windows': '..%5c..%5cwindows',
  SQL: '%27%3B%20DROP%20TABLE%20project%3B%20--',
  'line breaks of a header': 'x%0d%0ax-injected:%201%0d%0a',
  NUL: 'x%00.js',
  'overlong UTF-8': '%c0%ae%c0%ae%c0%af%c0%ae%c0%ae%c0%afetc%c0%afpasswd',
  'broken UTF-8': '%ff%fe',
  'a prototype': '__proto__',
  'a long text': 'x'.repeat(8_000),
};

export interface HostileRequest {
  /** Path of the field that is hostile. */
  readonly field: string;
  readonly request: Record<string, unknown>;
}

/**
 * Requests in each of which one string is the hostile one, however deep it lies (three messages at most), and
 * the rest is as given.
 */
export function* hostileRequests(
  message: DescMessage,
  given: Readonly<Record<string, unknown>>,
  hostile: string,
  depth = 3,
): Generator<HostileRequest> {
  for (const field of message.fields) {
    for (const { path, value } of hostileValues(field, given, hostile, depth))
      yield { field: path, request: { ...given, ...placed(field, value) } };
  }
}

function* hostileValues(
  field: DescField,
  given: Readonly<Record<string, unknown>>,
  hostile: string,
  depth: number,
): Generator<{ path: string; value: unknown }> {
  const { name } = field;
  const isText = (scalar: unknown): boolean => scalar === 9;
  if (field.fieldKind === 'scalar' && isText(field.scalar)) yield { path: name, value: hostile };
  if (field.fieldKind === 'list' && field.listKind === 'scalar' && isText(field.scalar))
    yield { path: `${name}[]`, value: [hostile] };
  if (field.fieldKind === 'map' && field.mapKind === 'scalar' && isText(field.mapKey) && isText(field.scalar))
    yield { path: `${name}{}`, value: { [hostile]: hostile } };
  const inner =
    field.fieldKind === 'message' || (field.fieldKind === 'list' && field.listKind === 'message')
      ? field.message
      : undefined;
  if (inner === undefined || depth === 0 || inner.typeName.startsWith('google.protobuf.')) return;
  const old = given[field.localName];
  for (const { field: path, request } of hostileRequests(inner, isRecord(old) ? old : {}, hostile, depth - 1))
    yield { path: `${name}.${path}`, value: field.fieldKind === 'list' ? [request] : request };
}

const placed = (field: DescField, value: unknown): Record<string, unknown> =>
  field.oneof === undefined
    ? { [field.localName]: value }
    : { [field.oneof.localName]: { case: field.localName, value } };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
