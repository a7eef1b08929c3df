import { Group, Text } from '@mantine/core';
import { heatGradient } from '../analysis/heat-colors.js';
import { useDatasetVersion } from '../sample/dataset-version.query.js';
import { hasPictures } from '../sample/visual-sheet.js';

/** The legend of the colors of shared areas; nothing where the dataset has no pictures to draw them on. */
export function SharedLegendView({ datasetVersionId }: { datasetVersionId: string }) {
  const version = useDatasetVersion(datasetVersionId).data;
  if (version === undefined || !hasPictures(version)) return null;
  return (
    <Group
      gap={6}
      wrap="nowrap"
      title={
        'More or less similar than samples are on average; places that are empty in the picture are left ' +
        'out'
      }
    >
      <Text size="xs" c="dimmed">
        different
      </Text>
      <div
        role="img"
        aria-label="blue: where they differ, orange: where they are similar"
        style={{ width: 72, height: 8, borderRadius: 3, background: heatGradient('diverging', true) }}
      />
      <Text size="xs" c="dimmed">
        similar
      </Text>
    </Group>
  );
}
