import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { services } from '@noema/contracts';
import { type PointChunk, PointColumnType } from '@noema/contracts/noema/projection/v1/point';
import { StreamPointsResponseSchema } from '@noema/contracts/noema/projection/v1/exploration_service';
import { decodeEvents, listRoutes } from '@noema/rest';
import type { RestCaller } from './rest-caller.js';

/** Answers of the API that were looked through. */
export interface Looked {
  readonly paths: readonly string[];
  /** Where a NaN or an infinity was found. */
  readonly found: readonly string[];
}

const NOT_FINITE: ReadonlySet<unknown> = new Set(['NaN', 'Infinity', '-Infinity']);

/** Every place in a JSON answer that says NaN or infinite; proto3 JSON writes both as strings. */
export function nonFiniteIn(value: unknown, at = ''): string[] {
  if (NOT_FINITE.has(value)) return [`${at} is ${String(value)}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => nonFiniteIn(inner, `${at}.${key}`));
}

/** Calls every GET route whose ids are known and reports non-finite numbers. */
export async function findNonFinite(
  rest: RestCaller,
  ids: Readonly<Record<string, string>>,
): Promise<Looked> {
  const routes = services
    .flatMap((service) => service.methods.flatMap(listRoutes))
    .filter(
      ({ verb, template, method }) =>
        verb === 'GET' &&
        method.methodKind === 'unary' &&
        template.variables.every(({ fieldPath }) => fieldPath in ids),
    );
  const paths: string[] = [];
  const found: string[] = [];
  for (const { template, method } of routes) {
    const path = template.text.replaceAll(
      /\{([a-z_.]+)(?:=[^}]*)?\}/g,
      (_, name: string) => ids[`${method.parent.name}.${name}`] ?? ids[name]!,
    );
    const { status, body } = await rest.get(path);
    if (status !== 200) continue;
    paths.push(path);
    found.push(...nonFiniteIn(body, path));
  }
  return { paths, found };
}

/** The streamed points of a map, and their numbers that are not finite. */
export async function checkPoints(
  rest: RestCaller,
  explorationId: string,
  columns: readonly string[],
): Promise<Looked & { readonly points: number }> {
  const query = columns.map((c) => `columns=${encodeURIComponent(c)}`).join('&');
  const path = `/v1/explorations/${explorationId}/points?${query}`;
  const { body } = await rest.get(path);
  const found: string[] = [];
  let points = 0;
  for await (const event of decodeEvents(new Blob([body['text'] as string]).stream())) {
    if (event?.event === 'problem') throw new Error(event.data);
    if (event?.event !== 'message') continue;
    const { chunk } = fromJson(StreamPointsResponseSchema, JSON.parse(event.data) as JsonValue);
    points += chunk!.pointCount;
    for (const [name, bytes] of listFloats(chunk!)) {
      const at = floats(bytes).findIndex((v) => !Number.isFinite(v));
      if (at >= 0) found.push(`${name} of point ${chunk!.firstRow + at}`);
    }
  }
  return { paths: [path], found, points };
}

const listFloats = ({ x, y, z, trust, columns }: PointChunk): [string, Uint8Array][] => [
  ['x', x],
  ['y', y],
  ['z', z],
  ['trust', trust],
  ...columns
    .filter((c) => c.type === PointColumnType.NUMBER)
    .map((c): [string, Uint8Array] => [c.name, c.values]),
];

const floats = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer);
