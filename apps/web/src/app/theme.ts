import { createTheme, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#c9ccd6',
  '#b3b7c4',
  '#8b91a3',
  '#6a7085',
  '#4a5064',
  '#363b4d',
  '#262a39',
  '#1b1e2a',
  '#13151e',
  '#0c0e14',
];
const noema: MantineColorsTuple = [
  '#eaf1ff',
  '#d3dffb',
  '#a5bcf2',
  '#7497ea',
  '#4c78e3',
  '#3464de',
  '#2759dd',
  '#1a4ac4',
  '#1142b0',
  '#00389c',
];

const MIN_TARGET = '24px';

const LISTED = {
  defaultProps: { withScrollArea: false },
  styles: { options: { maxHeight: 'min(420px, 60dvh)', overflowY: 'auto' } },
} as const;

/** Colors, type and radii of the page; both schemes keep a contrast of at least 4.5 : 1 for text. */
export const theme = createTheme({
  primaryColor: 'noema',
  primaryShade: { light: 6, dark: 5 },
  colors: { dark: ink, noema },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SFMono-Regular", Menlo, "DejaVu Sans Mono", monospace',
  defaultRadius: 'md',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' }, h3: { fontSize: '1rem' } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  autoContrast: true,
  components: {
    // Targets are at least 24 pixels high: WCAG 2.2, 2.5.8.
    ActionIcon: {
      vars: (_: unknown, { size }: { size?: unknown }) => ({
        root: size === 'sm' ? { '--ai-size': MIN_TARGET } : {},
      }),
    },
    Button: {
      vars: (_: unknown, { size }: { size?: unknown }) => ({
        root: size === 'compact-xs' ? { '--button-height': MIN_TARGET } : {},
      }),
    },
    // No text of the page is smaller than 12 pixels.
    Badge: {
      styles: { label: { textTransform: 'none', fontWeight: 600 } },
      vars: (_: unknown, { size }: { size?: unknown }) => ({
        root: size === 'lg' || size === 'xl' ? {} : { '--badge-fz': '12px' },
      }),
    },
    InputWrapper: { styles: { description: { fontSize: 12 }, error: { fontSize: 12 } } },
    Pill: { styles: { root: { fontSize: 12 } } },
    CloseButton: { defaultProps: { 'aria-label': 'Close' } },
    Menu: {
      defaultProps: { withInitialFocusPlaceholder: false },
      styles: { dropdown: { maxWidth: 'calc(100vw - 16px)' } },
    },
    Modal: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 600 } },
    },
    // The list itself scrolls: as the popup of a combobox it is moved by the arrow keys.
    Select: LISTED,
    MultiSelect: LISTED,
    // Without a match the message of a list is an option that cannot be chosen: a list box holds options only.
    ComboboxEmpty: { defaultProps: { role: 'option', 'aria-disabled': true, 'aria-selected': false } },
    Table: { styles: { th: { fontWeight: 550, fontSize: 12, color: 'var(--mantine-color-dimmed)' } } },
    Popover: { styles: { dropdown: { maxWidth: 'calc(100vw - 32px)' } } },
    Tooltip: { defaultProps: { openDelay: 300, withinPortal: true } },
  },
});
