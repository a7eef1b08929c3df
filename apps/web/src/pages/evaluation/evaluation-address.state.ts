import { useCallback, useMemo } from 'react';
import { useAddressParams } from '../../parts/address/address-params.js';

const NORMALIZATIONS = ['none', 'truth', 'prediction'] as const;
export type Normalization = (typeof NORMALIZATIONS)[number];

/** The choices of the page, as its address has them. */
export interface EvaluationAddress {
  /** 0 for the last epoch. */
  readonly epoch: number;
  /** Epoch that is compared with it; 0 for none. */
  readonly against: number;
  /** `all`, the name of a split, or empty for the split that the run is judged by. */
  readonly split: string;
  /** Name of the output with its own loss; empty for the first one with the losses of all. */
  readonly output: string;
  readonly filter: string;
  /** Class of the curves, or output of a regression. */
  readonly focus: number;
  readonly normalize: Normalization;
}

const whole = (text: string | null): number => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0);

/** Reads the choices from the address and writes them there. */
export function useEvaluationAddress() {
  const [params, setParams] = useAddressParams();
  const address = useMemo(
    (): EvaluationAddress => ({
      epoch: whole(params.get('epoch')),
      against: whole(params.get('against')),
      split: params.get('split') ?? '',
      output: params.get('output') ?? '',
      filter: params.get('filter') ?? '',
      focus: whole(params.get('focus')),
      normalize: NORMALIZATIONS.find((one) => one === params.get('normalize')) ?? 'none',
    }),
    [params],
  );
  const change = useCallback(
    (changes: Partial<EvaluationAddress>): void => {
      setParams(
        (now) => {
          for (const [name, value] of Object.entries(changes))
            if (value === '' || value === 0 || value === 'none') now.delete(name);
            else now.set(name, String(value));
          return now;
        },
        // A choice in the middle of the page leaves the page where it is scrolled.
        { replace: true, preventScrollReset: true },
      );
    },
    [setParams],
  );
  return { address, change };
}
