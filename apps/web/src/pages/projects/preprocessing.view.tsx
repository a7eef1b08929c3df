import { NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core';
import { ChannelLayout, ChannelOrder, Interpolation } from '@noema/contracts/noema/training/v1/model_service';
import { preprocessingFaults, RANGES, type StatedInput } from './preprocessing.js';

const ORDERS = [
  { value: String(ChannelOrder.UNSPECIFIED), label: 'RGB, as the data' },
  { value: String(ChannelOrder.BGR), label: 'BGR, as OpenCV and Caffe' },
  { value: String(ChannelOrder.GRAY), label: 'Three; the data have one' },
];
const LAYOUTS = [
  { value: String(ChannelLayout.UNSPECIFIED), label: 'By its operators' },
  { value: String(ChannelLayout.FIRST), label: 'Before height and width' },
  { value: String(ChannelLayout.LAST), label: 'After height and width' },
];
const INTERPOLATIONS = [
  { value: String(Interpolation.UNSPECIFIED), label: 'Bilinear' },
  { value: String(Interpolation.NEAREST), label: 'Nearest pixel' },
  { value: String(Interpolation.BICUBIC), label: 'Bicubic' },
];

/** Form of the preprocessing of an input: how it differs from pictures in RGB from 0 to 1. */
export function PreprocessingView({
  stated,
  onChange,
  error,
}: {
  stated: StatedInput;
  onChange: (stated: StatedInput) => void;
  error: string | undefined;
}) {
  const faults = preprocessingFaults(stated);
  const set = (change: Partial<StatedInput>): void => {
    onChange({ ...stated, ...change });
  };
  const text = (field: 'input' | 'mean' | 'std', label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={stated[field]}
      onChange={(event) => {
        set({ [field]: event.currentTarget.value });
      }}
      error={faults[field]}
      autoComplete="off"
    />
  );
  const choice = (
    field: 'channelOrder' | 'layout' | 'interpolation' | 'range',
    label: string,
    data: readonly (string | { value: string; label: string })[],
  ) => (
    <Select
      label={label}
      data={[...data]}
      value={stated[field]}
      onChange={(value) => {
        if (value !== null) set({ [field]: value });
      }}
      allowDeselect={false}
    />
  );
  const side = (field: 'height' | 'width', label: string) => (
    <NumberInput
      label={label}
      placeholder="that of the model"
      value={stated[field]}
      onChange={(value) => {
        set({ [field]: value });
      }}
      min={1}
      max={8192}
      allowDecimal={false}
      error={faults[field]}
    />
  );
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
      {text('input', 'Input', 'the only one')}
      {choice('range', '0 to 1 become', RANGES)}
      {text('mean', 'Mean, subtracted', '0.485, 0.456, 0.406')}
      {text('std', 'Deviation, divided by', '0.229, 0.224, 0.225')}
      {choice('channelOrder', 'Channels of the file', ORDERS)}
      {choice('layout', 'Channels lie', LAYOUTS)}
      {side('height', 'Height of the data')}
      {side('width', 'Width of the data')}
      {choice('interpolation', 'Resized', INTERPOLATIONS)}
      {error !== undefined && <TextError text={error} />}
    </SimpleGrid>
  );
}

const TextError = ({ text }: { text: string }) => (
  <span role="alert" style={{ color: 'var(--mantine-color-error)', fontSize: 'var(--mantine-font-size-xs)' }}>
    {text}
  </span>
);
