import { NumberInput, Select, SimpleGrid, Text } from '@mantine/core';
import type { Method } from '@noema/contracts/noema/methods/v1/method';
import { choiceField, isChoice, methodHelp, numberField } from '../../../parts/method-parameters.js';

/** What was typed by name of the setting; a setting that is empty is as usual. */
export type GivenSettings = Readonly<Record<string, number | string>>;

export interface MapSettingsProps {
  readonly method: Method | undefined;
  readonly given: GivenSettings;
  readonly seed: number | string;
  readonly onGiven: (given: GivenSettings) => void;
  readonly onSeed: (seed: number | string) => void;
}

/** The settings of an algorithm: each with its limits, what it does, and what it is when nothing is said. */
export function MapSettingsView({ method, given, seed, onGiven, onSeed }: MapSettingsProps) {
  return (
    <>
      <Text size="sm" c="dimmed">
        {methodHelp(method)}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        {method?.parameters.map((parameter) => {
          const { name } = parameter;
          if (isChoice(parameter)) {
            const { initial, ...field } = choiceField(parameter);
            return (
              <Select
                key={name}
                size="xs"
                {...field}
                value={String(given[name] ?? initial)}
                allowDeselect={false}
                checkIconPosition="right"
                onChange={(next) => {
                  if (next !== null) onGiven({ ...given, [name]: next });
                }}
              />
            );
          }
          const { initial, ...field } = numberField(parameter);
          return (
            <NumberInput
              key={name}
              size="xs"
              {...field}
              clampBehavior="blur"
              value={given[name] ?? initial}
              onChange={(next) => {
                onGiven({ ...given, [name]: next });
              }}
            />
          );
        })}
        {method?.facts?.['usesSeed'] !== false && (
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
