/**
 * One segment of a path: a literal, or the match of a variable: `*` for one segment, `**` for all remaining
 * ones.
 */
export type Segment = { readonly literal: string } | { readonly wildcard: '*' | '**' };

/** A field path and the range of its segments: [from, to). */
export interface Variable {
  readonly fieldPath: string;
  readonly from: number;
  readonly to: number;
}

/** A parsed path of `google.api.http`, such as `/v1/runs/{run_id}:stop`. */
export interface PathTemplate {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly variables: readonly Variable[];
  /** Text after the last colon; empty if there is none. */
  readonly verb: string;
}

const TOKEN = /\{([\w.]+)(?:=([^}]*))?\}|[^/{}]+/y;

/**
 * Parses a template by the grammar of google/api/http.proto. Throws Error with the position of a syntax
 * error.
 */
export function parsePathTemplate(text: string): PathTemplate {
  const verbAt = /:([A-Za-z]\w*)$/.exec(text);
  const path = verbAt === null ? text : text.slice(0, verbAt.index);
  const segments: Segment[] = [];
  const variables: Variable[] = [];
  const fail = (why: string): never => {
    throw new Error(`path template "${text}": ${why}`);
  };
  const push = (segment: string): void => {
    if (segments.some((s) => 'wildcard' in s && s.wildcard === '**')) fail('** must be the last segment');
    if (segment === '') fail('empty segment');
    segments.push(segment === '*' || segment === '**' ? { wildcard: segment } : { literal: segment });
  };
  if (!path.startsWith('/')) fail('must begin with /');
  for (let at = 1; at < path.length + 1; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(path);
    if (match === null) return fail(`cannot be read at ${at}`);
    const [whole, fieldPath, inner] = match;
    const from = segments.length;
    if (fieldPath === undefined) push(whole);
    else {
      for (const segment of (inner ?? '*').split('/')) push(segment);
      variables.push({ fieldPath, from, to: segments.length });
    }
    at += whole.length + 1;
    if (at <= path.length && path[at - 1] !== '/') fail(`expected / at ${at - 1}`);
  }
  return { text, segments, variables, verb: verbAt?.[1] ?? '' };
}

/** Returns a string that is equal for templates that match the same paths. Two such routes are ambiguous. */
export const formatShape = ({ segments, verb }: PathTemplate): string =>
  `${segments.map((s) => ('literal' in s ? `=${s.literal}` : s.wildcard)).join('/')}:${verb}`;

const RANK = (s: Segment | undefined): number =>
  s === undefined ? 3 : 'literal' in s ? 0 : s.wildcard === '*' ? 1 : 2;

/** Orders templates for matching: templates with a verb first, then the one with the leftmost literal. */
export function byPrecedence(a: PathTemplate, b: PathTemplate): number {
  if ((a.verb === '') !== (b.verb === '')) return a.verb === '' ? 1 : -1;
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const order = RANK(a.segments[i]) - RANK(b.segments[i]);
    if (order !== 0) return order;
  }
  return 0;
}
