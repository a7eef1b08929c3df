import { useLocalStorage } from '@mantine/hooks';
import { useState } from 'react';
import { HEAT_MAP_COLORS, type HeatMapColors } from './heat-colors.js';

/** How heat maps are drawn; the same for all that are side by side. */
export interface HeatMapStyle {
  /** 0 to 1. */
  readonly opacity: number;
  /** `fitting`: by the sign of the values. */
  readonly colors: HeatMapColors | 'fitting';
  /** True while the picture is shown without the map. */
  readonly raw: boolean;
  /** Whether boxes and masks of the picture are drawn over the map. */
  readonly annotations?: boolean;
}

type KeptStyle = Pick<HeatMapStyle, 'opacity' | 'colors'>;

/** The look and how to change it; opacity and colors are kept in the browser. */
export function useHeatMapLook(): readonly [HeatMapStyle, (change: Partial<HeatMapStyle>) => void] {
  const [raw, setRaw] = useState(false);
  const [annotations, setAnnotations] = useState(true);
  const [kept, keep] = useLocalStorage<KeptStyle>({
    key: 'noema.heat-map',
    defaultValue: { opacity: 0.8, colors: 'fitting' },
    getInitialValueInEffect: false,
    deserialize,
  });
  const change = ({ raw: nextRaw, annotations: next, ...rest }: Partial<HeatMapStyle>): void => {
    if (nextRaw !== undefined) setRaw(nextRaw);
    if (next !== undefined) setAnnotations(next);
    if (Object.keys(rest).length > 0) keep((before) => ({ ...before, ...rest }));
  };
  return [{ ...kept, raw, annotations }, change];
}

/** Settings from another version of the page are not trusted. */
function deserialize(text: string | undefined): KeptStyle {
  const read = ((): { opacity?: unknown; colors?: unknown } => {
    try {
      return JSON.parse(text ?? '{}') as object;
    } catch {
      return {};
    }
  })();
  const colors = HEAT_MAP_COLORS.find((known) => known === read.colors) ?? 'fitting';
  return {
    opacity: typeof read.opacity === 'number' && read.opacity >= 0 && read.opacity <= 1 ? read.opacity : 0.8,
    colors,
  };
}

/** The colors in use for values with or without a sign. */
export const colorsFor = ({ colors }: HeatMapStyle, signed: boolean): HeatMapColors =>
  colors === 'fitting' ? (signed ? 'diverging' : 'magma') : colors;
