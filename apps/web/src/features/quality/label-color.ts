/** Colors of the theme whose light badges have a contrast of at least 4.5 : 1 in both schemes. */
const COLORS = ['blue', 'grape', 'teal', 'orange', 'cyan', 'pink', 'indigo', 'red'] as const;

/**
 * Returns the color of a label. It follows from the name alone (FNV-1a), so that it is the same for each
 * person and on each page; names distinguish labels, the color only helps to find them.
 */
export function labelColor(label: string): (typeof COLORS)[number] {
  let hash = 0x811c9dc5;
  for (const unit of label) hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193) >>> 0;
  return COLORS[hash % COLORS.length]!;
}
