import { TagsInput } from '@mantine/core';
import { useIssueLabels } from './issues.query.js';

const MAX_LABELS = 20;

/** A field of labels, which completes the labels of the project and takes new names. */
export function LabelFieldView({
  projectId,
  value,
  disabled = false,
  error,
  onChange,
}: {
  projectId: string;
  value: readonly string[];
  disabled?: boolean;
  error?: string | undefined;
  onChange: (labels: string[]) => void;
}) {
  const known = useIssueLabels(projectId).data ?? [];
  return (
    <TagsInput
      label="Labels"
      placeholder={value.length === 0 ? 'type a name, press Enter' : ''}
      data={known.map(({ name }) => name)}
      value={[...value]}
      maxTags={MAX_LABELS}
      splitChars={[]}
      limit={50}
      disabled={disabled}
      error={error}
      withScrollArea={false}
      styles={{ options: { maxHeight: 'min(420px, 60dvh)', overflowY: 'auto' } }}
      acceptValueOnBlur={false}
      onChange={onChange}
    />
  );
}
