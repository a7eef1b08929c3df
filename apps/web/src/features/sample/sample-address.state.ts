import { useCallback, useMemo } from 'react';
import { useLocation, useParams, useSearchParams } from 'react-router-dom';
import { useAddressParams } from '../../parts/address/address-params.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { sampleIdOfPath } from '../../parts/address/sample-path.js';
import { parseSplit } from '../../parts/address/split.js';

/** Which sample an address of the page names, and how it is looked at. */
export interface SamplePlace {
  readonly projectId: string;
  readonly runId: string;
  readonly sample: SampleAddress;
  /** Requested epoch; 0 for the last. */
  readonly askedEpoch: number;
  /** Output of the model that is looked at; empty for the first one with the losses of all. */
  readonly output: string;
}

/** Reads the sample, run and epoch of the address. */
export function useSamplePlace(): SamplePlace {
  const { projectId = '', runId = '', split = '' } = useParams();
  const sampleId = sampleIdOfPath(useLocation().pathname) ?? '';
  const [params] = useSearchParams();
  const askedEpoch = Math.max(0, Math.trunc(Number(params.get('epoch')) || 0));
  const output = params.get('output') ?? '';
  return useMemo(
    () => ({ projectId, runId, sample: { split: parseSplit(split), sampleId }, askedEpoch, output }),
    [projectId, runId, split, sampleId, askedEpoch, output],
  );
}

/**
 * One value of the address; setting it to undefined or to `standard` takes it out. With `push` a change is a
 * step that the way back undoes.
 */
export function useAddressValue(
  name: string,
  standard = '',
  how: 'push' | 'replace' = 'replace',
): readonly [string, (value: string | undefined) => void] {
  const [params, setParams] = useAddressParams();
  const set = useCallback(
    (value: string | undefined) => {
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          if (value === undefined || value === standard) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: how === 'replace', preventScrollReset: true },
      );
    },
    [name, standard, how, setParams],
  );
  return [params.get(name) ?? standard, set];
}
