import { createContext, type ReactNode, useContext, useMemo, useRef } from 'react';
import { count as countText } from '../../../parts/numbers.js';
import { spaceTitle } from '../maps/map-title.js';
import { pointSizes } from '../encoding/size-encoding.js';
import { useViewState } from '../state/view.state.js';
import { useChosenMaps } from './chosen-maps.state.js';
import { useLoadedPoints } from './loaded-points.state.js';
import { useLooks } from './looks.state.js';
import { usePicks } from './picks.state.js';
import type { PopulationProps } from './population-props.js';
import { useShownSamples } from './shown-samples.state.js';

const PopulationContext = createContext<Population | undefined>(undefined);

/** The store of a view with the data derived from it, each part from those before it. */
function usePopulationModel(props: PopulationProps) {
  const state = useViewState(props.store);
  const maps = useChosenMaps(props, state);
  const looks = useLooks(props, state, maps);
  const loaded = useLoadedPoints(props, maps, looks);
  const samples = useShownSamples(props, state, maps, looks, loaded);
  const picks = usePicks(props, state, maps, looks, loaded, samples);
  /** The element that holds both maps. */
  const middle = useRef<HTMLDivElement>(null);
  const pointSize = useMemo(() => pointSizes(maps.total), [maps.total]);
  const { run } = props;
  const { choice, map, other } = maps;
  const placedTitle =
    map?.placed === undefined
      ? undefined
      : `${countText(map.placed.sampleCount)} placed samples of ${other?.displayName || 'other data'}`;
  const title =
    `${run.displayName || 'run'}, epoch ${choice.epoch}, ${props.catalog.algorithmTitle(choice.algorithm)} of ` +
    `${spaceTitle(choice.space)}${placedTitle === undefined ? '' : ` with ${placedTitle}`}`;
  return {
    ...props,
    set: props.store.set,
    state,
    ...maps,
    ...looks,
    ...loaded,
    ...samples,
    ...picks,
    middle,
    pointSize,
    placedTitle,
    title,
  };
}

/** Everything that the map and its panels show and change. */
export type Population = ReturnType<typeof usePopulationModel>;

/** Gives the population to the map and its panels. */
export function PopulationProvider({
  children,
  ...props
}: PopulationProps & { readonly children: ReactNode }) {
  return <PopulationContext value={usePopulationModel(props)}>{children}</PopulationContext>;
}

/** The population of the page. */
export function usePopulation(): Population {
  const population = useContext(PopulationContext);
  if (population === undefined) throw new Error('A panel is outside a PopulationProvider.');
  return population;
}
