import { useEffect, useEffectEvent, useMemo, useSyncExternalStore } from 'react';
import { type Location, useLocation, useNavigate, useNavigation } from 'react-router-dom';
import { decodeState, encodeState, INITIAL, type PopulationState, takesTurns } from './population.state.js';

/** Whether a change is a step that the way back undoes, or a part of one that goes on. */
export type Change = 'push' | 'replace';

/** The state of the view, for all its parts; the address follows. */
export class ViewStore {
  private readonly listeners = new Set<() => void>();
  /** Called after a change, to write the address. */
  onChange: (change: Change) => void = () => undefined;

  constructor(public state: PopulationState = INITIAL) {}

  readonly get = (): PopulationState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Changes a part of what is looked at. */
  readonly set = (patch: Partial<PopulationState>, change: Change = 'push'): void => {
    this.show({
      ...this.state,
      ...patch,
      ...(takesTurns() && patch.right === true
        ? { left: false }
        : takesTurns() && patch.left === true
          ? { right: false }
          : {}),
    });
    this.onChange(change);
  };

  /** Takes over a state from the address. */
  show(state: PopulationState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

/**
 * A pause in which changes that follow each other become one write of the address: browsers allow some 100 in
 * 30 seconds.
 */
const WRITE_PAUSE_MS = 300;

/** State of a location that this view wrote; the way back through the history brings a copy of it. */
const WRITTEN_HERE = {};

/** The store of this page, bound to its address; `notices` says what of the address was not understood. */
export function useViewStore(search: string): {
  readonly store: ViewStore;
  readonly notices: readonly string[];
} {
  const navigate = useNavigate();
  const { pathname, state: mark } = useLocation() as Location<unknown>;
  const bound = useMemo(() => {
    const { state, notices } = decodeState(new URLSearchParams(search));
    return { store: new ViewStore(state), notices, written: search.replace(/^\?/, '') };
    // The first address makes the store; later ones are taken over below.
  }, []);
  useEffect(() => {
    const now = search.replace(/^\?/, '');
    // React Router draws an address later: one that this view wrote can be of before its last change.
    if (mark === WRITTEN_HERE || now === bound.written) return;
    bound.written = now;
    bound.store.show(decodeState(new URLSearchParams(now)).state);
  }, [bound, search, mark]);
  const next = useNavigation().location;
  // The state of this view is never written into the address of another page, nor does it stop the way there.
  const isLeaving = useEffectEvent(
    () => window.location.pathname !== pathname || (next !== undefined && next.pathname !== pathname),
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = (replace: boolean): void => {
      clearTimeout(timer);
      if (isLeaving()) return;
      const query = encodeState(bound.store.state).toString();
      if (query === bound.written) return;
      bound.written = query;
      void navigate({ search: query }, { replace, preventScrollReset: true, state: WRITTEN_HERE });
    };
    bound.store.onChange = (change) => {
      clearTimeout(timer);
      // A step is written after what it changed has been drawn.
      timer =
        change === 'push'
          ? setTimeout(() => {
              write(false);
            }, 0)
          : setTimeout(() => {
              write(true);
            }, WRITE_PAUSE_MS);
    };
    return () => {
      clearTimeout(timer);
      bound.store.onChange = () => undefined;
    };
  }, [bound, navigate]);
  return bound;
}

/** The current state of the view. */
export const useViewState = (store: ViewStore): PopulationState =>
  useSyncExternalStore(store.subscribe, store.get);
