import { List, Text } from '@mantine/core';
import { capitalised } from '../../parts/capitalised.js';
import { QueryView } from '../../parts/query.view.js';
import { useModelLimits } from './model-card.query.js';

/** Limits of a version of a model, each with its reason. */
export function ModelLimitsView({
  modelVersionId,
  hasWeights,
}: {
  modelVersionId: string | undefined;
  hasWeights: boolean;
}) {
  const query = useModelLimits(modelVersionId);
  return (
    <QueryView query={query}>
      {(limits) => (
        <List size="sm" spacing={6}>
          {!hasWeights && (
            <List.Item>
              <b>Download, heat maps and weights:</b> the version has no weights yet; the first run
              initializes them.
            </List.Item>
          )}
          {limits.map(({ capability, message }) => (
            <List.Item key={capability} style={{ overflowWrap: 'anywhere' }}>
              <b>{capitalised(capability)}:</b> {message}.
            </List.Item>
          ))}
          {limits.length === 0 && (
            <List.Item>
              <Text span size="sm">
                It has gradients: it can be trained, and heat maps by gradients can be computed.
              </Text>
            </List.Item>
          )}
        </List>
      )}
    </QueryView>
  );
}
