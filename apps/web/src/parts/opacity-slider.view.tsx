import { Group, Slider, Text } from '@mantine/core';

/** Sets the opacity of what lies over a picture, 0 to 1. `of` names it in the plural or with its article. */
export function OpacitySliderView({
  of,
  value,
  onChange,
}: {
  of: string;
  value: number;
  onChange: (opacity: number) => void;
}) {
  return (
    <Group gap={8} wrap="nowrap">
      <Text size="xs" c="dimmed">
        Opacity
      </Text>
      <Slider
        w={110}
        size="sm"
        min={0}
        max={1}
        step={0.05}
        value={value}
        onChange={onChange}
        label={(opacity) => `${Math.round(opacity * 100)}%`}
        thumbLabel={`Opacity of ${of}`}
      />
    </Group>
  );
}
