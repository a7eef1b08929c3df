import { useEffect, useEffectEvent, useState } from 'react';
import { whenIdle } from '../../../parts/when-idle.js';

/** How long each map is looked at at single speed: the glide and a rest, in milliseconds. */
const STEP_MS = 1_600;

/** How fast epochs are played, and the next after each. */
export type PlaySpeed = 0.5 | 1 | 2;
const SPEEDS: readonly PlaySpeed[] = [1, 2, 0.5];

/**
 * Goes through the epochs that have a map, one after the other, until the last or, repeating, from the first
 * again.
 */
export function usePlay({
  epoch,
  available,
  onEpoch,
  onNear,
}: {
  readonly epoch: number;
  readonly available: readonly number[];
  readonly onEpoch: (epoch: number) => void /** Called with epochs that come soon, to load them. */;
  readonly onNear: (epoch: number) => void;
}) {
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<PlaySpeed>(1);
  const go = useEffectEvent((to: number) => {
    onEpoch(to);
  });
  const near = useEffectEvent((to: number) => {
    onNear(to);
  });
  const [repeats, setRepeats] = useState(false);
  const later = available.find((one) => one > epoch);
  const next = later ?? (repeats && available.length > 1 ? available[0] : undefined);
  useEffect(() => {
    if (!playing) return undefined;
    if (next === undefined) {
      setPlaying(false);
      return undefined;
    }
    near(next);
    const timer = setTimeout(() => {
      go(next);
    }, STEP_MS / speed);
    return () => {
      clearTimeout(timer);
    };
  }, [playing, next, speed]);
  const toggle = (): void => {
    const first = available[0];
    if (!playing && later === undefined && first !== undefined && first !== epoch) onEpoch(first);
    setPlaying(!playing);
  };
  const faster = (): void => {
    setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]!);
  };
  const repeat = (): void => {
    setRepeats(!repeats);
  };
  return { playing, toggle, speed, faster, repeats, repeat };
}

/** Loads the maps of the epochs before and behind in quiet moments. */
export function useNeighbours(
  epoch: number,
  available: readonly number[],
  near: (epoch: number) => void,
  isReadyNow: boolean,
): void {
  useEffect(() => {
    if (!isReadyNow) return undefined;
    return whenIdle(() => {
      for (const one of [available.find((e) => e > epoch), available.filter((e) => e < epoch).at(-1)])
        if (one !== undefined) near(one);
    });
  }, [epoch, available, near, isReadyNow]);
}
