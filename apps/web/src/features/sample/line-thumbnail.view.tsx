import { categoryColor, toCss } from '../../parts/scales/scales.js';
import { useComputedColorScheme } from '@mantine/core';
import { lineThumbnail } from './line-thumbnail.js';

/** A series, or the wave of a sound, as lines without axes in the size of a thumbnail. */
export function LineThumbnailView({ lines, size }: { lines: readonly ArrayLike<number>[]; size: number }) {
  const ground = useComputedColorScheme('light');
  return (
    <svg width={size} height={size} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
      {lineThumbnail(lines).map((path, at) => (
        <path
          key={at}
          d={path}
          fill="none"
          stroke={toCss(categoryColor(at, ground))}
          strokeWidth={1.25}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}
