import { describe, expect, it } from 'vitest';
import { isRelativePath } from './relative-path.js';

describe('a relative path', () => {
  it.each(['a', 'a/b.txt', '.hidden/..a', 'größe 🙂/%2e%2e', 'a b'])('is %j', (path) => {
    expect(isRelativePath(path)).toBe(true);
  });
  it.each(['', '/', '/a', 'a/', 'a//b', '.', './a', '..', '../a', 'a/../b', 'a\\b', '..\\a', 'a\0b', 'a\nb'])(
    'is not %j',
    (path) => {
      expect(isRelativePath(path)).toBe(false);
    },
  );
});
