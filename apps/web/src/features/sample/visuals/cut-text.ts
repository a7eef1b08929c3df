/** A part of a text, in UTF-16 units. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** A piece of a text within which no part starts or ends. */
export interface Piece<P extends Part> {
  readonly text: string;
  /** Parts that the piece lies in, the longest first. */
  readonly parts: readonly P[];
  /** Parts that end with the piece, the shortest first. */
  readonly ending: readonly P[];
}

/** Cuts a text wherever a part starts or ends. Parts may be nested and overlap. */
export function cutText<P extends Part>(text: string, parts: readonly P[]): Piece<P>[] {
  const edges = [...new Set([0, text.length, ...parts.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  );
  const longestFirst = [...parts].sort((a, b) => a.start - b.start || b.end - a.end);
  const pieces: Piece<P>[] = [];
  let open: P[] = [];
  let next = 0;
  for (let edge = 0; edge + 1 < edges.length; edge++) {
    const from = edges[edge]!;
    const to = edges[edge + 1]!;
    open = open.filter(({ end }) => end > from);
    for (; next < longestFirst.length && longestFirst[next]!.start <= from; next++)
      open.push(longestFirst[next]!);
    pieces.push({
      text: text.slice(from, to),
      parts: [...open],
      ending: open.filter(({ end }) => end === to).reverse(),
    });
  }
  return pieces;
}
