import type { Scatterplot } from '@noema/scatterplot';
import { useEffect } from 'react';

/** Moves each map with the other. */
export function useLinkedCameras(
  [one, other]: readonly [Scatterplot | undefined, Scatterplot | undefined],
  isOn: boolean,
): void {
  useEffect(() => {
    if (!isOn || one === undefined || other === undefined) return undefined;
    let leading = false;
    const follow = (from: Scatterplot, to: Scatterplot) =>
      from.on('camera', (camera) => {
        if (leading) return;
        leading = true;
        to.camera = camera;
        leading = false;
      });
    const [a, b] = [follow(one, other), follow(other, one)];
    return () => {
      a();
      b();
    };
  }, [one, other, isOn]);
}
