import type { CopyPairs } from './pairs.js';

/**
 * Returns the groups of copies, each rising, the largest first. Verified pairs are joined; where a chain of pairs
 * connects samples that are no copies of one sample, it is split: all members of a group are copies of its first one,
 * the sample with the most copies.
 */
export function groupCopies({ original, edges }: CopyPairs): number[][] {
  const adjacent = new Map<number, Set<number>>();
  const connect = (a: number, b: number): void => {
    (adjacent.get(a) ?? adjacent.set(a, new Set()).get(a)!).add(b);
  };
  for (const { a, b } of edges) {
    connect(a, b);
    connect(b, a);
  }
  const copies = new Map<number, number[]>();
  original.forEach((first, row) => {
    if (first !== row) (copies.get(first) ?? copies.set(first, []).get(first)!).push(row);
  });
  const taken = new Set<number>();
  const centers = [...new Set([...adjacent.keys(), ...copies.keys()])].sort(
    (a, b) => (adjacent.get(b)?.size ?? 0) - (adjacent.get(a)?.size ?? 0) || a - b,
  );
  const groups: number[][] = [];
  for (const center of centers) {
    if (taken.has(center)) continue;
    const members = [center, ...[...(adjacent.get(center) ?? [])].filter((row) => !taken.has(row))];
    for (const member of members) taken.add(member);
    const all = members.flatMap((member) => [member, ...(copies.get(member) ?? [])]);
    if (all.length > 1) groups.push(all.sort((a, b) => a - b));
  }
  return groups.sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}
