import { DomainError } from '@noema/kernel/domain-error';
import type { PathTemplate } from './path-template.js';

/** Returns the raw segments of a path, still percent-encoded. */
export const splitPath = (path: string): string[] => path.split('/').slice(1);

/**
 * Returns the variables by field path if the path matches, `undefined` otherwise. Throws `invalid`
 * PATH_MALFORMED for invalid percent-encoding.
 */
export function matchPath(template: PathTemplate, raw: readonly string[]): Map<string, string> | undefined {
  const segments = withoutVerb(template, raw);
  if (segments === undefined) return undefined;
  const rest = template.segments.some((s) => 'wildcard' in s && s.wildcard === '**');
  if (rest ? segments.length < template.segments.length - 1 : segments.length !== template.segments.length)
    return undefined;
  for (const [i, segment] of template.segments.entries()) {
    if ('literal' in segment && decode(segments[i] ?? '') !== segment.literal) return undefined;
    if ('wildcard' in segment && segment.wildcard === '*' && segments[i] === '') return undefined;
  }
  return new Map(
    template.variables.map(({ fieldPath, from, to }) => {
      const taken = to === template.segments.length ? segments.slice(from) : segments.slice(from, to);
      return [fieldPath, taken.map(decode).join('/')];
    }),
  );
}

/**
 * Fills in the variables of a template. Values are encoded, so that they never look like a slash or a verb.
 */
export function fillPath(template: PathTemplate, getValue: (fieldPath: string) => string): string {
  const parts = template.segments.map((s) => ('literal' in s ? s.literal : ''));
  for (const { fieldPath, from, to } of [...template.variables].reverse()) {
    const value = getValue(fieldPath);
    const multi =
      to - from > 1 || template.segments.slice(from, to).some((s) => 'wildcard' in s && s.wildcard === '**');
    parts.splice(
      from,
      to - from,
      multi ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value),
    );
  }
  return `/${parts.join('/')}${template.verb === '' ? '' : `:${template.verb}`}`;
}

function withoutVerb(template: PathTemplate, raw: readonly string[]): readonly string[] | undefined {
  if (template.verb === '') return raw;
  const last = raw.at(-1) ?? '';
  return last.endsWith(`:${template.verb}`)
    ? [...raw.slice(0, -1), last.slice(0, -template.verb.length - 1)]
    : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new DomainError(
      'invalid',
      'PATH_MALFORMED',
      `"${segment}" in the path is not percent-encoded UTF-8; encode it`,
      { cause },
    );
  }
}
