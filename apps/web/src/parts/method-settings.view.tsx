import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { type MethodParameter, ParameterType } from '@noema/contracts/noema/methods/v1/method';
import { useState } from 'react';
import { choiceField, isChoice, numberField } from './method-parameters.js';
import { parseNumbers, type Settings, type SettingValue } from './method-settings.js';

/** Decimal places that a number may have while it is typed. */
const DECIMALS = 10;

/** One field for each parameter that a method describes: its name, help, limits and default. */
export function MethodSettingsView({
  parameters,
  settings,
  faults = {},
  size = 'sm',
  onChange,
}: {
  parameters: readonly MethodParameter[];
  settings: Settings;
  /** Faults by name of the setting. */
  faults?: Readonly<Record<string, string | undefined>>;
  size?: 'xs' | 'sm';
  onChange: (settings: Settings) => void;
}) {
  return parameters.map((parameter) => (
    <SettingField
      key={parameter.name}
      parameter={parameter}
      value={settings[parameter.name]}
      error={faults[parameter.name]}
      size={size}
      onChange={(value) => {
        onChange({ ...settings, [parameter.name]: value });
      }}
    />
  ));
}

interface SettingFieldProps {
  readonly parameter: MethodParameter;
  readonly value: SettingValue | undefined;
  readonly error: string | undefined;
  readonly size: 'xs' | 'sm';
  readonly onChange: (value: SettingValue) => void;
}

function SettingField({ parameter, value, error, size, onChange }: SettingFieldProps) {
  const { title, help, type, default: standard } = parameter;
  if (isChoice(parameter)) {
    const { initial, ...field } = choiceField(parameter);
    return (
      <Select
        {...field}
        size={size}
        error={error}
        value={String(value ?? initial)}
        allowDeselect={false}
        checkIconPosition="right"
        onChange={(next) => {
          if (next !== null) onChange(next);
        }}
      />
    );
  }
  if (type === ParameterType.BOOLEAN)
    return (
      <Checkbox
        size={size}
        label={title}
        description={help}
        error={error}
        checked={
          typeof value === 'boolean' ? value : standard?.kind.case === 'boolValue' && standard.kind.value
        }
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
    );
  if (type === ParameterType.NUMBERS)
    return <NumbersField parameter={parameter} value={value} error={error} size={size} onChange={onChange} />;
  const { initial, ...field } = numberField(parameter);
  return (
    <NumberInput
      {...field}
      size={size}
      error={error}
      clampBehavior="blur"
      decimalScale={DECIMALS}
      value={typeof value === 'number' || typeof value === 'string' ? value : initial}
      onChange={(next) => {
        onChange(next === '' ? '' : Number(next));
      }}
    />
  );
}

function NumbersField({ parameter: { title, help }, value, error, size, onChange }: SettingFieldProps) {
  // The text stays unchanged while it is typed: "0." is a number too, and would lose its point.
  const [text, setText] = useState(Array.isArray(value) ? value.join(', ') : String(value ?? ''));
  return (
    <TextInput
      size={size}
      label={title}
      description={help}
      error={error}
      placeholder="numbers divided by commas"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parseNumbers(event.currentTarget.value));
      }}
      autoComplete="off"
    />
  );
}
