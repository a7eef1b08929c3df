import { Button, Group, Progress, Text } from '@mantine/core';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { FaultView } from '../../parts/fault.view.js';
import { count, counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { type ExplainingRun, useExplainSamples } from './explain-samples.query.js';
import styles from './gallery.module.css';

/** Offers heat maps of the samples in sight that lack them, shows the progress, and stops on request. */
export function ExplainSamplesView({
  run,
  lacking,
  isLoading,
}: {
  readonly run: ExplainingRun;
  /** Samples in sight without a heat map. */
  readonly lacking: readonly SampleAddress[];
  /** Whether the samples in sight and their heat maps are still requested. */
  readonly isLoading: boolean;
}) {
  const { progress, start, cancel } = useExplainSamples(run);
  const { noEdit } = useRights();
  const isRunning = progress?.isRunning === true;
  return (
    <div className={styles.explain} data-testid="explain-samples">
      {isRunning ? (
        <Group gap="sm" wrap="nowrap">
          <Text size="xs" role="status">
            {count(progress.done)} of {counted(progress.total, 'sample')} explained
          </Text>
          <Progress
            flex={1}
            maw={240}
            size="sm"
            value={(100 * progress.done) / progress.total}
            aria-label="Samples explained"
          />
          <Button size="compact-xs" variant="default" onClick={cancel}>
            Cancel
          </Button>
        </Group>
      ) : (
        <Group gap="sm">
          <Text size="xs" c="dimmed" role="status">
            {isLoading
              ? 'loading heat maps …'
              : lacking.length === 0
                ? 'All samples in sight that the run evaluated have a heat map.'
                : `${counted(lacking.length, 'sample')} in sight without a heat map.`}
          </Text>
          {!isLoading && lacking.length > 0 && (
            <Button
              size="compact-xs"
              variant="default"
              disabled={noEdit !== undefined}
              title={noEdit}
              onClick={() => {
                void start(lacking);
              }}
            >
              Explain {lacking.length === 1 ? 'it' : 'them'}
            </Button>
          )}
        </Group>
      )}
      {progress !== undefined && progress.error !== null && <FaultView error={progress.error} />}
    </div>
  );
}
