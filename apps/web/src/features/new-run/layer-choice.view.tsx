import { MultiSelect, Select, Stack } from '@mantine/core';
import type { Model } from '@noema/contracts/noema/training/v1/model';
import { counted } from '../../parts/numbers.js';
import { useFollowable } from '../project/model.query.js';
import type { Followed, NewRun } from './new-run.js';

interface LayerChoice {
  readonly model: Pick<Model, 'layers'> | undefined;
  readonly modelVersionId: string | null;
  readonly run: Pick<NewRun, 'followed' | 'layers'>;
  readonly onChange: (change: Pick<NewRun, 'followed'> & Partial<Pick<NewRun, 'layers'>>) => void;
  readonly error: string | undefined;
}

/**
 * Chooses the layers whose responses are followed into vectors and maps: the layers of the model, all, the
 * proposed outputs of blocks, or some by name.
 */
export function LayerChoiceView({
  model,
  modelVersionId,
  run: { followed, layers },
  onChange,
  error,
}: LayerChoice) {
  const followable = useFollowable(modelVersionId ?? undefined).data;
  const learned = followable?.layers.filter(({ unitCount }) => unitCount > 0) ?? [];
  const byImport = model?.layers.length ?? 0;
  const proposed = followable?.proposed ?? [];
  const all =
    followable === undefined ? 'All learned layers' : `All ${counted(learned.length, 'learned layer')}`;
  const choices: { value: Followed; label: string }[] = [
    {
      value: 'model',
      label: byImport > 0 ? `Chosen at the import of the model: ${counted(byImport, 'layer')}` : all,
    },
    ...(byImport > 0 ? [{ value: 'all' as const, label: all }] : []),
    ...(proposed.length > 0
      ? [{ value: 'blocks' as const, label: `Proposed: ${counted(proposed.length, 'output')} of blocks` }]
      : []),
    // The choice begins with the proposed layers, so they have to be known.
    ...(followable !== undefined || followed === 'chosen'
      ? [{ value: 'chosen' as const, label: 'Chosen layers' }]
      : []),
  ];
  const shown = choices.some(({ value }) => value === followed) ? followed : 'model';
  const names = [...learned, ...(followable?.blocks ?? [])].map(({ name, unitCount }) => ({
    value: name,
    label: unitCount > 0 ? `${name} · ${counted(unitCount, 'unit')}` : name,
  }));
  return (
    <Stack gap="xs">
      <Select
        label="Layers"
        description="Whose responses make the vectors and maps of this run"
        data={choices}
        value={shown}
        allowDeselect={false}
        error={shown === 'chosen' ? undefined : error}
        onChange={(value) => {
          onChange({
            followed: value ?? 'model',
            ...(value === 'chosen' && layers.length === 0 && { layers: proposed }),
          });
        }}
      />
      {shown === 'chosen' && (
        <MultiSelect
          aria-label="Chosen layers"
          data={[
            ...new Map(
              [...names, ...layers.map((name) => ({ value: name, label: name }))].map((one) => [
                one.value,
                one,
              ]),
            ).values(),
          ]}
          value={[...layers]}
          onChange={(chosen) => {
            onChange({ followed: 'chosen', layers: chosen });
          }}
          error={error}
          searchable
          placeholder={layers.length === 0 ? 'choose at least one' : ''}
          maxDropdownHeight={220}
        />
      )}
    </Stack>
  );
}
