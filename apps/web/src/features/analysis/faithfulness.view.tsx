import { Badge, Group, Stack, Text, Tooltip } from '@mantine/core';
import type { Faithfulness } from '@noema/contracts/noema/explanations/v1/heat_map';
import { IconCheck, IconX } from '@tabler/icons-react';
import { edgesSentence, faithfulnessParts, faithfulnessVerdict, scoreText } from './faithfulness.js';
import styles from './faithfulness.module.css';

/**
 * Whether a heat map names what matters: deletion and insertion next to random masks, as bars and in words.
 */
export function FaithfulnessView({ faithfulness, score }: { faithfulness: Faithfulness; score: string }) {
  const parts = faithfulnessParts(faithfulness, score);
  const { label, color } = faithfulnessVerdict(parts);
  const edges = edgesSentence(faithfulness);
  return (
    <Stack gap={10}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          Can it be trusted?
        </Text>
        <Tooltip
          multiline
          w={320}
          label={
            'Deletion and insertion (Petsiuk et al. 2018): the hottest places are taken away, or put in, ' +
            'first; random masks of the same grain are what has to be beaten.'
          }
          events={{ hover: true, focus: true, touch: true }}
        >
          <Badge
            variant="light"
            color={color}
            tt="none"
            fw={550}
            tabIndex={0}
            leftSection={color === 'red' ? <IconX size={12} /> : <IconCheck size={12} />}
          >
            {label}
          </Badge>
        </Tooltip>
      </Group>
      {edges !== undefined && (
        <Text size="xs" c="dimmed">
          {edges}
        </Text>
      )}
      {parts.map((part) => (
        <div key={part.name}>
          <div className={styles.bars} aria-hidden>
            <span
              className={styles.name}
              title={part.name === 'deletion' ? 'lower is better' : 'higher is better'}
            >
              {part.name}
            </span>
            <span className={styles.track}>
              <span
                className={part.good ? styles.good : styles.bad}
                style={{ width: `${100 * part.own}%` }}
              />
            </span>
            <span className={styles.number}>{scoreText(part.own)}</span>
            <span className={styles.name}>random</span>
            <span className={styles.track}>
              <span className={styles.random} style={{ width: `${100 * part.random}%` }} />
            </span>
            <span className={styles.number}>{scoreText(part.random)}</span>
            {part.edges !== undefined && (
              <>
                <span className={styles.name}>edges</span>
                <span className={styles.track}>
                  <span className={styles.edges} style={{ width: `${100 * part.edges}%` }} />
                </span>
                <span className={styles.number}>{scoreText(part.edges)}</span>
              </>
            )}
          </div>
          <Text size="xs" c="dimmed" mt={2}>
            {part.sentence}
          </Text>
        </div>
      ))}
    </Stack>
  );
}
