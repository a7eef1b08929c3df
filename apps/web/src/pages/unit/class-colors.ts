import { useComputedColorScheme } from '@mantine/core';
import { createContext, useContext } from 'react';
import { categoryColor, toCss } from '../../parts/scales/scales.js';

/** Which color of the palette each class of the run takes. */
export const ClassOrder = createContext<readonly number[] | undefined>(undefined);

/** The color of each class, as on the map; grey for everything without a class. */
export function useClassColor(): (index: number) => string {
  const order = useContext(ClassOrder);
  const ground = useComputedColorScheme('light');
  return (index) => (index < 0 ? '#8b91a3' : toCss(categoryColor(order?.[index] ?? index, ground)));
}
