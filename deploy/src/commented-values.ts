import { DomainError } from '@noema/kernel';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';

/** A value of a chart as its `values.yaml` describes it. */
export interface ChartValue {
  readonly key: string;
  readonly doc: string;
  /**
   * Facts of the type that the default does not show: parts of a JSON schema, from a comment `@schema {…}`.
   */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Default value. */
  readonly fallback: unknown;
  /** Values below it that have a description of their own; empty for a leaf. */
  readonly values: readonly ChartValue[];
}

/**
 * The described values of a `values.yaml`, below `path`. Throws `invalid` VALUES_UNDESCRIBED for a value
 * without a comment.
 */
export function commentedValues(text: string, path: readonly string[] = []): ChartValue[] {
  const document = parseDocument(text);
  const map = path.length === 0 ? document.contents : document.getIn(path);
  if (!isMap(map)) return [];
  return parseValues(map, path.join('.'));
}

function parseValues(map: YAMLMap<unknown, unknown>, path: string): ChartValue[] {
  return map.items.map((pair, index) => {
    const key = readKey(pair);
    const comment = readComment(pair) ?? (index === 0 ? map.commentBefore : undefined) ?? '';
    const lines = comment.split('\n').map((line) => line.trim());
    const doc = lines
      .filter((line) => !line.startsWith('@'))
      .join(' ')
      .trim();
    if (doc === '')
      throw new DomainError(
        'invalid',
        'VALUES_UNDESCRIBED',
        `the value ${path}.${key} has no comment; describe it in the line above`,
      );
    const note = lines.find((line) => line.startsWith('@schema '));
    const block =
      isMap(pair.value) &&
      pair.value.flow !== true &&
      pair.value.items.some(
        (item) => readComment(item) !== undefined || (pair.value as YAMLMap).commentBefore != null,
      );
    const node = pair.value as { toJSON(): unknown } | null;
    return {
      key,
      doc,
      schema:
        note === undefined ? {} : (JSON.parse(note.slice('@schema '.length)) as Record<string, unknown>),
      fallback: node?.toJSON(),
      values: block ? parseValues(pair.value as YAMLMap<unknown, unknown>, `${path}.${key}`) : [],
    };
  });
}

const readKey = (pair: Pair<unknown, unknown>): string =>
  String(isScalar(pair.key) ? pair.key.value : pair.key);
const readComment = (pair: Pair<unknown, unknown>): string | undefined =>
  isScalar(pair.key) ? (pair.key.commentBefore ?? undefined) : undefined;
