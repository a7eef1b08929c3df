import { Badge } from '@mantine/core';
import { labelColor } from './label-color.js';

/** The labels of an issue, each in a color that follows from its name. */
export function LabelsView({ labels }: { labels: readonly string[] }) {
  return labels.map((label) => (
    <Badge key={label} size="sm" variant="light" color={labelColor(label)} tt="none" maw="100%">
      {label}
    </Badge>
  ));
}
