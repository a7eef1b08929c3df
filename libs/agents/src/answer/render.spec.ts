import { describe, expect, it } from 'vitest';
import type { Answer } from './answer.js';
import { decodeCursor } from './cursor.js';
import { renderFault } from './fault.js';
import { DataText } from './fence.js';
import { answerSchema, BYTES_PER_TOKEN, byteLength, MAX_TOKENS, renderAnswer } from './render.js';

const scope = { tool: 'samples', input: { run: 'a', where: '' } };
const whenEmpty = { reason: 'there is nothing', next_step: 'look elsewhere' };
const list = (count: number, text = 'abc'): Answer => ({
  facts: { n: count },
  list: { items: Array.from({ length: count }, (_, row) => ({ row, text: new DataText(text) })), whenEmpty },
});
const content = (answer: Answer, cursor?: string) => {
  const result = renderAnswer(answer, { ...scope, cursor });
  expect(byteLength(result)).toBeLessThanOrEqual(MAX_TOKENS * BYTES_PER_TOKEN);
  expect(JSON.parse((result.content[0] as { text: string }).text)).toEqual(result.structuredContent);
  return answerSchema.parse(result.structuredContent);
};

describe('renderAnswer', () => {
  it('sends every entry once, in answers of at most 4,000 tokens', () => {
    const rows: unknown[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 100; pages++) {
      const page = content(list(1000), cursor);
      rows.push(...page.items!.map((item) => (item as { row: number }).row));
      cursor = page.next_cursor;
      if (cursor === undefined) break;
    }
    expect(rows).toEqual(Array.from({ length: 1000 }, (_, row) => row));
  });

  it('fills an answer: one entry more would not fit', () => {
    const { items, next_cursor } = content(list(1000));
    expect(items!.length).toBeGreaterThan(80);
    expect(next_cursor).toBeDefined();
    expect(byteLength({ items })).toBeGreaterThan(0.3 * MAX_TOKENS * BYTES_PER_TOKEN);
  });

  it('counts bytes of texts that take three bytes a character', () => {
    expect(content(list(200, '犬'.repeat(200))).items!.length).toBeGreaterThan(0);
  });

  it('shortens texts before it refuses an answer with one entry', () => {
    const columns = Array.from({ length: 100 }, () => new DataText('x'.repeat(200)));
    const { items } = content({ facts: {}, list: { items: [columns], whenEmpty } });
    expect((items![0] as string[])[0]).toMatch(/^⟦x{8,60}⟧…\+\d+$/);
    const endless = Array.from({ length: 5000 }, () => 12345);
    expect(() => content({ facts: {}, list: { items: [endless], whenEmpty } })).toThrow('one entry alone');
  });

  it('continues with the next page of the platform when the page is sent', () => {
    const { next_cursor } = content({ facts: {}, list: { items: [1, 2], nextToken: 'page-2', whenEmpty } });
    expect(decodeCursor(scope, next_cursor)).toMatchObject({ token: 'page-2', skip: 0 });
  });

  it('gives the reason of an empty list, and none while pages follow', () => {
    expect(content(list(0)).empty).toEqual(whenEmpty);
    expect(content({ facts: {}, list: { items: [], nextToken: 'more', whenEmpty } }).empty).toBeUndefined();
  });

  it('refuses a cursor of another run or epoch, which would mix two lists', () => {
    const of = (source: string): Answer => {
      const { list: entries, ...rest } = list(1000);
      return { ...rest, list: { ...entries!, source } };
    };
    const { next_cursor } = content(of('run@1'));
    expect(content(of('run@1'), next_cursor).items!.length).toBeGreaterThan(0);
    expect(() => content(of('run@2'), next_cursor)).toThrow('another run or epoch');
  });

  it('says that a list has become shorter than its cursor, not that it is empty', () => {
    const { next_cursor } = content(list(1000));
    expect(content(list(3), next_cursor).empty!.reason).toContain('ends before this cursor');
  });

  it('renders no entry that cannot fit', () => {
    let rendered = 0;
    const item = {
      get row() {
        rendered++;
        return 1;
      },
    };
    const { next_cursor } = content({
      facts: {},
      list: { items: Array.from({ length: 100_000 }, () => item), whenEmpty },
    });
    expect(next_cursor).toBeDefined();
    expect(rendered).toBeLessThan(10_000);
  });

  it('refuses a cursor of other arguments, and what is no cursor', () => {
    const { next_cursor } = content(list(1000));
    const other = { tool: 'samples', input: { run: 'b', where: '' } };
    expect(() => decodeCursor(other, next_cursor)).toThrow('does not belong');
    expect(() => decodeCursor(scope, 'eyJhIjoxfQ')).toThrow('does not belong');
    expect(() => decodeCursor(scope, '☃')).toThrow('does not belong');
  });
});

describe('renderFault', () => {
  it('hides the message of an unexpected error', () => {
    const { content: blocks, isError } = renderFault(new Error('secret path'));
    expect(isError).toBe(true);
    expect(JSON.stringify(blocks)).not.toContain('secret');
  });
});
