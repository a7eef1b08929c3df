import type { CopyPairs } from './pairs.js';

/** Returns the groups of equal samples, each rising, the largest first. */
export function groupEqual({ original }: CopyPairs): number[][] {
  const groups = new Map<number, number[]>();
  original.forEach((first, row) => {
    if (first !== row) (groups.get(first) ?? groups.set(first, [first]).get(first)!).push(row);
  });
  return [...groups.values()].sort(byLength);
}

/**
 * Returns the groups of copies that are not equal, each rising, the largest first; the first one stands for equal
 * samples. Verified pairs are joined; where a chain of pairs connects samples that are no copies of one sample, it is
 * split: all members of a group are copies of one of them, the sample with the most copies.
 */
export function groupChanged({ edges }: CopyPairs): number[][] {
  const adjacent = new Map<number, Set<number>>();
  const connect = (a: number, b: number): void => {
    (adjacent.get(a) ?? adjacent.set(a, new Set()).get(a)!).add(b);
  };
  for (const { a, b } of edges) {
    connect(a, b);
    connect(b, a);
  }
  const taken = new Set<number>();
  const centers = [...adjacent.keys()].sort((a, b) => adjacent.get(b)!.size - adjacent.get(a)!.size || a - b);
  const groups: number[][] = [];
  for (const center of centers) {
    if (taken.has(center)) continue;
    const members = [center, ...[...adjacent.get(center)!].filter((row) => !taken.has(row))];
    for (const member of members) taken.add(member);
    if (members.length > 1) groups.push(members.sort((a, b) => a - b));
  }
  return groups.sort(byLength);
}

const byLength = (a: readonly number[], b: readonly number[]): number => b.length - a.length || a[0]! - b[0]!;
