import { ColorPicker } from '@mantine/core';

/** Okabe & Ito's colors first: color-blind people can distinguish them, too. */
const SWATCHES = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#d55e00',
  '#cc79a7',
  '#56b4e9',
  '#b8a600',
  '#882255',
  '#332288',
  '#117733',
  '#000000',
  '#8b91a3',
];

/** Chooses a color, freely or from some that go well together. */
export function TintPickerView({ color, onTint }: { color: string; onTint: (color: string) => void }) {
  return (
    <ColorPicker
      format="hex"
      size="sm"
      defaultValue={color}
      onChangeEnd={onTint}
      swatches={SWATCHES}
      swatchesPerRow={6}
      saturationLabel="Saturation and lightness"
      hueLabel="Hue"
    />
  );
}
