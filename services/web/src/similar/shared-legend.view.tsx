import { Group, Text } from '@mantine/core';
import { heatGradient } from '../analysis/heat-colors.js';
import { useDatasetVersion } from '../sample/dataset-version.query.js';
import { hasPictures } from '../sample/visual-sheet.js';

/** What the colors of shared areas mean; nothing where the dataset has no pictures to draw them on. */
export function SharedLegendView({ datasetVersionId }: { datasetVersionId: string }) {
  const version = useDatasetVersion(datasetVersionId).data;
  if (version === undefined || !hasPictures(version)) return null;
  return (
    <Group gap={6} wrap="nowrap" title="More or less like the other than samples are on average; what both have only because they are empty there is left out">
      <Text size="xs" c="dimmed">sets apart</Text>
      <div role="img" aria-label="blue sets the two apart, orange makes them alike" style={{ width: 72, height: 8, borderRadius: 3, background: heatGradient('diverging', true) }} />
      <Text size="xs" c="dimmed">makes alike</Text>
    </Group>
  );
}
