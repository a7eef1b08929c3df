import type { Scatterplot } from '@noema/scatterplot';
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { whenIdle } from '../../../parts/when-idle.js';

/** Steps in which the parts of the frame around the map are rendered. */
export const STEP = { map: 0, tools: 1, left: 2, rest: 3 } as const;
/** The longest waits for the dots and for the next step, in milliseconds. */
const [DOTS_MS, STEP_MS] = [1_000, 200];

/**
 * How many parts of the frame are rendered: the map first, so that its panels do not delay its dots, then a part in
 * each idle moment, and all of them before a key is heard. Without a map nothing waits.
 */
export function useFrameSteps(plot: Scatterplot | undefined, hasMap: boolean): number {
  const [step, setStep] = useState<number>(hasMap ? STEP.map : STEP.rest);
  const isDone = step === STEP.rest;
  useEffect(() => {
    if (isDone) return undefined;
    const goOn = (): void => {
      setStep(step + 1);
    };
    if (step !== STEP.map) return whenIdle(goOn, STEP_MS);
    const timer = setTimeout(goOn, DOTS_MS);
    const off = plot?.on('frame', ({ points }) => {
      if (points > 0) goOn();
    });
    return () => {
      clearTimeout(timer);
      off?.();
    };
  }, [step, isDone, plot]);
  useEffect(() => {
    if (isDone) return undefined;
    const renderAll = (): void => {
      flushSync(() => {
        setStep(STEP.rest);
      });
    };
    // Before the shortcuts, which hear keys on their way back.
    window.addEventListener('keydown', renderAll, { capture: true, once: true });
    return () => {
      window.removeEventListener('keydown', renderAll, { capture: true });
    };
  }, [isDone]);
  return step;
}
