import { NumberInput, SimpleGrid, Text } from '@mantine/core';
import type { Method } from '@noema/contracts/noema/methods/v1/method';
import { methodHelp } from '../../../parts/method-parameters.js';
import type { Settings } from '../../../parts/method-settings.js';
import { MethodSettingsView } from '../../../parts/method-settings.view.js';

export interface MapSettingsProps {
  readonly method: Method | undefined;
  readonly given: Settings;
  readonly seed: number | string;
  readonly onGiven: (given: Settings) => void;
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
        <MethodSettingsView
          parameters={method?.parameters ?? []}
          settings={given}
          size="xs"
          onChange={onGiven}
        />
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
