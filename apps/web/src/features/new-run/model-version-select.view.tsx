import { Select } from '@mantine/core';
import { type ModelVersion, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';

interface ModelVersionChoice {
  /** The versions of the model with weights, newest first; undefined while they load. */
  versions: readonly ModelVersion[] | undefined;
  value: string | null;
  onChange: (id: string | null) => void;
  error: string | undefined;
}

/** Chooses the weights to start from. */
export function ModelVersionSelectView({ versions, value, onChange, error }: ModelVersionChoice) {
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
