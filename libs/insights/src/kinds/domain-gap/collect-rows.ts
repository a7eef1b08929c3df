/** Returns the rows of each key, in the order in which the keys appear. */
export function collectRows(n: number, key: (row: number) => number): number[][] {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < n; row++) {
    const own = groups.get(key(row));
    if (own === undefined) groups.set(key(row), [row]);
    else own.push(row);
  }
  return [...groups.values()];
}
