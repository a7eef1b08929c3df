import { NumberInput, Select, SimpleGrid, Text } from '@mantine/core';
import { ALGORITHM_HELP, MAP_CHOICES, MAP_PARAMETERS } from './map-parameters.js';
import type { AlgorithmKey } from './map-choice.js';

/** What was typed by name of the setting; a setting that is empty is as usual. */
export type GivenSettings = Readonly<Record<string, number | string>>;

export interface MapSettingsProps {
  readonly algorithm: AlgorithmKey;
  readonly given: GivenSettings;
  readonly seed: number | string;
  readonly onGiven: (given: GivenSettings) => void;
  readonly onSeed: (seed: number | string) => void;
}

/** The settings of an algorithm: each with its limits, what it does, and what it is when nothing is said. */
export function MapSettingsView({ algorithm, given, seed, onGiven, onSeed }: MapSettingsProps) {
  return (
    <>
      <Text size="sm" c="dimmed">
        {ALGORITHM_HELP[algorithm]}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        {MAP_PARAMETERS[algorithm].map(({ name, title, help, standard, minimum, maximum, step, chosen }) => (
          <NumberInput
            key={name}
            size="xs"
            label={title}
            description={help}
            min={minimum}
            max={maximum}
            step={step}
            allowDecimal={!Number.isInteger(step)}
            allowNegative={false}
            clampBehavior="blur"
            placeholder={chosen ?? String(standard)}
            value={given[name] ?? (chosen === undefined ? standard : '')}
            onChange={(next) => {
              onGiven({ ...given, [name]: next });
            }}
          />
        ))}
        {MAP_CHOICES[algorithm].map(({ name, title, help, standard, choices }) => (
          <Select
            key={name}
            size="xs"
            label={title}
            description={help}
            data={choices}
            value={String(given[name] ?? standard)}
            allowDeselect={false}
            checkIconPosition="right"
            onChange={(next) => {
              if (next !== null) onGiven({ ...given, [name]: next });
            }}
          />
        ))}
        {algorithm !== 'pca' && (
          <NumberInput
            size="xs"
            label="Seed"
            description="The same seed gives the same map, bit for bit, for any number of threads."
            min={0}
            max={2 ** 31 - 1}
            allowDecimal={false}
            value={seed}
            onChange={onSeed}
          />
        )}
      </SimpleGrid>
    </>
  );
}
