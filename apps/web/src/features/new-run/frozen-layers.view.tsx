import { MultiSelect, Select, Stack } from '@mantine/core';
import { counted } from '../../parts/numbers.js';
import { useFollowable } from '../project/model.query.js';

/** The word of the API for all layers but a new head. */
export const BASE = 'base';

type Trained = 'all' | 'head' | 'chosen';

/** Chooses the layers whose weights a training does not change. */
export function FrozenLayersView({
  modelVersionId,
  frozen,
  onChange,
  error,
}: {
  readonly modelVersionId: string | null;
  readonly frozen: readonly string[];
  readonly onChange: (frozen: readonly string[]) => void;
  readonly error: string | undefined;
}) {
  const layers = useFollowable(modelVersionId ?? undefined).data?.layers ?? [];
  const withWeights = layers.filter(({ parameterCount }) => parameterCount > 0);
  const hasHead = layers.some(({ config }) => config?.['replaces_head'] === true);
  const isBase = frozen.length === 1 && frozen[0] === BASE;
  const isChosen = frozen.length > 0 && !isBase;
  const value: Trained = isBase ? 'head' : isChosen ? 'chosen' : 'all';
  const names = new Map([
    ...frozen.map((name) => [name, name] as const),
    ...withWeights.map(
      ({ name, parameterCount }) => [name, `${name} · ${counted(parameterCount, 'parameter')}`] as const,
    ),
  ]);
  return (
    <Stack gap="xs">
      <Select
        label="Trained layers"
        description="Frozen layers keep their weights, and training takes less time and memory"
        data={[
          { value: 'all', label: 'All layers' },
          ...(hasHead || isBase ? [{ value: 'head', label: 'Only the new head' }] : []),
          { value: 'chosen', label: 'All but chosen layers' },
        ]}
        value={value}
        allowDeselect={false}
        error={isChosen ? undefined : error}
        onChange={(next) => {
          const first = withWeights[0]?.name;
          onChange(next === 'head' ? [BASE] : next === 'chosen' && first !== undefined ? [first] : []);
        }}
      />
      {isChosen && (
        <MultiSelect
          label="Frozen layers"
          data={[...names].map(([name, label]) => ({ value: name, label }))}
          value={[...frozen]}
          onChange={onChange}
          error={error}
          searchable
          maxDropdownHeight={220}
        />
      )}
    </Stack>
  );
}
