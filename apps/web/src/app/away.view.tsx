import { Group, Loader, Text, Transition } from '@mantine/core';
import classes from './app.module.css';
import { useAway } from './away.state.js';

/** Says that Noema does not answer, over whatever is shown, and goes away by itself. */
export function AwayView() {
  const away = useAway();
  return (
    <div className={classes.away} role="status" aria-live="polite">
      <Transition mounted={away} transition="slide-down" duration={160}>
        {(style) => (
          <Group gap={10} className={classes.awayNote} style={style} wrap="nowrap">
            <Loader size={14} color="currentColor" />
            <Text size="sm" fw={500}>
              Noema does not answer – trying again. What you see stays as it was.
            </Text>
          </Group>
        )}
      </Transition>
    </div>
  );
}
