import { useCallback } from 'react';
import { type NavigateOptions, useNavigate, useSearchParams } from 'react-router-dom';

/** Changes the parameters of the address; `change` gets a copy of the present ones. */
export type ChangeParams = (
  change: (now: URLSearchParams) => URLSearchParams,
  options?: NavigateOptions,
) => void;

/**
 * The drawn parameters of the address, and a way to change them. A change begins with what the address
 * holds, not with what is drawn: React Router draws later, and the second of two quick changes would undo the first.
 */
export function useAddressParams(): readonly [URLSearchParams, ChangeParams] {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const change = useCallback<ChangeParams>(
    (changed, options) => {
      void navigate(`?${changed(new URLSearchParams(window.location.search)).toString()}`, options);
    },
    [navigate],
  );
  return [params, change];
}
