import { type CSSVariablesResolver, DEFAULT_THEME } from '@mantine/core';

const COLORS = [...Object.keys(DEFAULT_THEME.colors).filter((name) => name !== 'dark'), 'noema'];

/** Sets a color for text, bare and on its own light ground, for every color of the kit. */
const ofColors = (text: (color: string) => string): Record<string, string> =>
  Object.fromEntries(
    COLORS.flatMap((color) => [
      [`--mantine-color-${color}-text`, text(color)],
      [`--mantine-color-${color}-light-color`, text(color)],
      [`--mantine-color-${color}-outline`, text(color)],
    ]),
  );

/** A ground of a color that lets through what it lies on. */
const tint = (color: string, percent: number): string =>
  `color-mix(in srgb, var(--mantine-color-${color}-5) ${percent}%, transparent)`;

/** Filled buttons of danger: white on them has a contrast of 5.6 : 1, on the kit's own red only 3.3 : 1. */
const DANGER = { '--mantine-color-red-filled': '#c92a2a', '--mantine-color-red-filled-hover': '#a61e1e' };

/**
 * The kit's colors for text, darker in light and lighter in dark: without this, many fall short of a contrast
 * of 4.5 : 1.
 */
export const contrastResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#15171f',
    '--mantine-color-dimmed': '#5b6270',
    '--mantine-color-placeholder': '#6a7180',
    '--mantine-color-error': '#c0241f',
    ...ofColors((color) => `color-mix(in srgb, var(--mantine-color-${color}-9) 72%, black)`),
    '--mantine-color-noema-text': 'var(--mantine-color-noema-7)',
    ...DANGER,
  },
  dark: {
    '--mantine-color-text': '#d5d8e1',
    '--mantine-color-dimmed': '#9ba1b1',
    '--mantine-color-placeholder': '#8d93a4',
    '--mantine-color-error': '#ff8d87',
    '--mantine-color-anchor': '#8babf2',
    ...DANGER,
    ...ofColors((color) => `var(--mantine-color-${color}-3)`),
    ...Object.fromEntries(
      COLORS.flatMap((color) => [
        [`--mantine-color-${color}-light`, tint(color, 16)],
        [`--mantine-color-${color}-light-hover`, tint(color, 24)],
      ]),
    ),
  },
});
