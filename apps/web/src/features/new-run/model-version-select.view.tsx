import { Select } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { type ModelVersion, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import { useEffect } from 'react';
import { useModelVersions } from '../project/model.query.js';

interface ModelVersionChoice {
  modelId: string | undefined;
  value: string | null;
  onChange: (id: string | null) => void;
  error: string | undefined;
}

/** Chooses the weights to start from; the first version, as a rule fresh ones, unless somebody chooses. */
export function ModelVersionSelectView({ modelId, value, onChange, error }: ModelVersionChoice) {
  const versions = useModelVersions(modelId).data?.filter(({ state }) => state === JobState.SUCCEEDED);
  const first = versions?.at(-1)?.id;
  useEffect(() => {
    if (value === null && first !== undefined) onChange(first);
  }, [value, first, onChange]);
  return (
    <Select
      label="Weights"
      searchable
      allowDeselect={false}
      value={value}
      onChange={onChange}
      error={error}
      data={(versions ?? []).map((version) => ({ value: version.id, label: versionText(version) }))}
      placeholder={versions?.length === 0 ? 'no version is ready' : ''}
    />
  );
}

/** Where the weights of a version come from: `v3 · epoch 2 of a run`. */
export function versionText({ number, origin, epoch, weights }: ModelVersion): string {
  if (origin === ModelVersionOrigin.TRAINED) return `v${number} · after epoch ${epoch} of a run`;
  if (origin === ModelVersionOrigin.IMPORTED) return `v${number} · imported`;
  if (origin === ModelVersionOrigin.ADAPTED) return `v${number} · adapted`;
  if (origin === ModelVersionOrigin.RECORDED)
    return (weights?.sizeBytes ?? 0n) > 0n
      ? `v${number} · recorded after epoch ${epoch}`
      : `v${number} · recorded, without weights`;
  return `v${number} · initial weights`;
}
