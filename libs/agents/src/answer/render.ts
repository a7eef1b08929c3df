import type { CallToolResult } from '@modelcontextprotocol/server';
import { DomainError } from '@noema/kernel';
import * as z from 'zod';
import type { Answer, Emptiness, Value } from './answer.js';
import { checkSource, type CursorScope, decodeCursor, encodeCursor } from './cursor.js';
import { DataText, fence, Sentence } from './fence.js';

/** Largest answer in tokens, and the bytes that count as one: most tokenizers need fewer tokens. */
export const MAX_TOKENS = 4000;
export const BYTES_PER_TOKEN = 3;
/** An answer is sent twice: as text, and as the structure of the same content. Both together are limited. */
const MAX_BYTES = MAX_TOKENS * BYTES_PER_TOKEN;
/** An entry takes two bytes or more of each copy, so that no more of them can fit. */
const MAX_ENTRIES = MAX_BYTES / 4;
/** Why a cursor continues nothing: its list has become shorter. */
const ENDED: Emptiness = {
  reason: 'the list ends before this cursor, because entries were deleted or have changed',
  next_step: 'leave out the cursor to start again',
};
/** Lengths to which texts of data are cut until an answer fits. */
const TEXT_LENGTHS = [Infinity, 60, 20, 8];

/** Schema of the answers of all tools. */
export const answerSchema = z.strictObject({
  facts: z.record(z.string(), z.unknown()).describe('values of the whole answer'),
  items: z
    .array(z.unknown())
    .optional()
    .describe('entries; every number of samples has n and an interval, or says that it is exact'),
  empty: z
    .strictObject({
      reason: z.string().describe('why there is nothing'),
      next_step: z.string().describe('what to do next'),
    })
    .optional()
    .describe('set when there is nothing to return'),
  next_cursor: z
    .string()
    .optional()
    .describe('continues the list: pass it as cursor, with the same arguments'),
});

/**
 * Renders as many entries as fit into 4,000 tokens, with a cursor when there are more. A page whose first entry does
 * not fit is rendered with shorter texts. Throws `unsupported` ANSWER_TOO_LARGE when even that does not help.
 */
export function renderAnswer(
  answer: Answer,
  scope: CursorScope & { readonly cursor?: string | undefined },
): CallToolResult {
  const position = decodeCursor(scope, scope.cursor);
  const { skip } = position;
  checkSource(scope.cursor, position, answer.list?.source ?? '');
  const total = Math.max(0, (answer.list?.items.length ?? 0) - skip);
  const items = answer.list?.items.slice(skip, skip + MAX_ENTRIES) ?? [];
  for (const limit of TEXT_LENGTHS) {
    const rendered = items.map((item) => renderValue(item, limit));
    const withItems = (count: number): CallToolResult =>
      toResult(answer, { scope, skip, limit, items: rendered.slice(0, count), total });
    const count = largestFitting(items.length, (n) => byteLength(withItems(n)) <= MAX_BYTES);
    if (count > 0 || (items.length === 0 && byteLength(withItems(0)) <= MAX_BYTES))
      return withPicture(withItems(count), answer);
  }
  throw new DomainError(
    'unsupported',
    'ANSWER_TOO_LARGE',
    'one entry alone is larger than an answer may be; ask for fewer fields',
  );
}

/** Returns the largest number of entries that fits, 0 if none does. Answers grow with their entries. */
function largestFitting(total: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, total];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface Page {
  readonly scope: CursorScope & { readonly cursor?: string | undefined };
  readonly skip: number;
  readonly limit: number;
  readonly items: readonly unknown[];
  /** Number of entries from `skip` on. */
  readonly total: number;
}

function toResult({ facts, list, empty }: Answer, page: Page): CallToolResult {
  const { scope, skip, limit, items, total } = page;
  const { token = '', nextToken = '', source = '' } = list ?? {};
  const next =
    items.length < total
      ? { token, skip: skip + items.length, source }
      : nextToken === ''
        ? undefined
        : { token: nextToken, skip: 0, source };
  const isEmpty = list !== undefined && total === 0 && next === undefined;
  const why = empty ?? (isEmpty ? (scope.cursor === undefined ? list.whenEmpty : ENDED) : undefined);
  const content = {
    facts: renderValue(facts, limit) as Record<string, unknown>,
    ...(list !== undefined && { items: [...items] }),
    ...(why !== undefined && {
      empty: {
        reason: renderValue(why.reason, limit) as string,
        next_step: renderValue(why.next_step, limit) as string,
      },
    }),
    ...(next !== undefined && { next_cursor: encodeCursor(scope, next) }),
  };
  return { content: [{ type: 'text', text: JSON.stringify(content) }], structuredContent: content };
}

function withPicture(result: CallToolResult, { picture }: Answer): CallToolResult {
  if (picture === undefined) return result;
  const data = Buffer.from(picture.bytes).toString('base64');
  return { ...result, content: [...result.content, { type: 'image', data, mimeType: picture.mediaType }] };
}

export const byteLength = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function renderValue(value: Value | undefined, limit: number): unknown {
  if (value instanceof DataText) return fence(value, limit);
  if (value instanceof Sentence)
    return value.parts.map((part) => (typeof part === 'string' ? part : fence(part, limit))).join('');
  if (Array.isArray(value)) return (value as readonly Value[]).map((one) => renderValue(one, limit));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) =>
      one === undefined ? [] : [[name, renderValue(one as Value, limit)]],
    ),
  );
}
