/** Height of the tallest element that every browser can lay out: Firefox ends at 17.9 million pixels. */
export const MAX_SCROLL_PX = 15_000_000;

/**
 * How a list of any height scrolls in an element of at most `MAX_SCROLL_PX`: a pixel of the scroll bar is
 * `scale` pixels of the list, 1 unless the list is taller.
 */
export function scrollScale(listPx: number, viewPx: number): number {
  if (listPx <= MAX_SCROLL_PX) return 1;
  return (listPx - viewPx) / (MAX_SCROLL_PX - viewPx);
}
