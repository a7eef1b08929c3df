/**
 * Where the ends of the three axes lie on a gizmo, −1 to 1, y upwards, and how far they are in front; as the
 * scatterplot turns them.
 */
export function axisEnds({
  azimuth,
  elevation,
}: {
  readonly azimuth: number;
  readonly elevation: number;
}): readonly { readonly name: string; readonly x: number; readonly y: number; readonly front: number }[] {
  const [sa, ca, se, ce] = [Math.sin(azimuth), Math.cos(azimuth), Math.sin(elevation), Math.cos(elevation)];
  return [
    { name: 'x', x: ca, y: -se * sa, front: ce * sa },
    { name: 'y', x: 0, y: ce, front: se },
    { name: 'z', x: -sa, y: -se * ca, front: ce * ca },
  ];
}
