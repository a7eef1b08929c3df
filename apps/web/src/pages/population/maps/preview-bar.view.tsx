import { Badge, Group, Progress, Text } from '@mantine/core';
import { ActionView } from '../../../parts/action.view.js';
import { useMapJob } from './map-job.query.js';
import styles from './preview-bar.module.css';

/**
 * Says of a map that is being made that it is a preview, and how far it is; the layout goes on, or is
 * cancelled.
 */
export function PreviewBarView({
  title,
  jobId,
  onChanged,
}: {
  title: string;
  jobId: string;
  onChanged: () => void;
}) {
  const {
    progress: { text, share },
    cancel,
    noCancel,
  } = useMapJob(jobId, onChanged);
  return (
    <div className={styles.bar} role="group" aria-label="Map that is being computed">
      <Group gap="sm" wrap="nowrap">
        <Badge color="orange" variant="light" tt="none" style={{ flex: 'none' }}>
          preview
        </Badge>
        <Text size="sm" fw={550} truncate title={title}>
          {title}
        </Text>
        <ActionView
          size="compact-xs"
          variant="default"
          off={noCancel}
          onClick={cancel}
          style={{ flex: 'none' }}
        >
          Cancel
        </ActionView>
      </Group>
      <Progress
        size="xs"
        mt={8}
        value={100 * (share ?? 1)}
        animated={share === undefined}
        striped={share === undefined}
        aria-label="Progress of the map"
      />
      <Text size="xs" c="dimmed" mt={4} data-testid="preview-progress">
        {text}
      </Text>
    </div>
  );
}
