import { Button, Checkbox, Group, Select } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { OpacitySliderView } from '../../parts/opacity-slider.view.js';
import { useShortcut } from '../../parts/shortcuts/shortcuts.js';
import type { HeatMapColors } from './heat-colors.js';
import type { HeatMapStyle } from './heat-map-style.state.js';

const COLORS: { value: HeatMapColors | 'fitting'; label: string }[] = [
  { value: 'fitting', label: 'auto colors' },
  { value: 'magma', label: 'magma' },
  { value: 'viridis', label: 'viridis' },
  { value: 'diverging', label: 'blue – orange' },
];

/** Opacity and colors of the heat maps, and the picture without them while held or until pressed again. */
export function HeatControlsView({
  look,
  change,
  hasAnnotations,
}: {
  look: HeatMapStyle;
  change: (change: Partial<HeatMapStyle>) => void;
  /** Whether the pictures have boxes or masks. */
  hasAnnotations: boolean;
}) {
  useShortcut('r', 'Show the picture without the heat map', () => {
    change({ raw: !look.raw });
  });
  return (
    <Group gap="sm">
      <OpacitySliderView
        of="the heat map"
        value={look.opacity}
        onChange={(opacity) => {
          change({ opacity });
        }}
      />
      <Select
        aria-label="Colors of the heat map"
        size="xs"
        w={138}
        allowDeselect={false}
        data={COLORS}
        value={look.colors}
        onChange={(colors) => {
          change({ colors: colors ?? 'fitting' });
        }}
      />
      <Button
        size="xs"
        variant={look.raw ? 'light' : 'default'}
        leftSection={<IconPhoto size={14} />}
        aria-pressed={look.raw}
        title="r"
        onClick={() => {
          change({ raw: !look.raw });
        }}
      >
        Raw picture
      </Button>
      {hasAnnotations && (
        <Checkbox
          size="xs"
          label="Annotations"
          checked={look.annotations === true}
          onChange={({ currentTarget }) => {
            change({ annotations: currentTarget.checked });
          }}
        />
      )}
    </Group>
  );
}
