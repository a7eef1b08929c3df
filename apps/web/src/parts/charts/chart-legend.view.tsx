import { UnstyledButton } from '@mantine/core';
import classes from './charts.module.css';

/** The series of a chart with their colours; a click hides one or shows it again. */
export function ChartLegendView({
  title,
  names,
  color,
  hidden,
  onToggle,
}: {
  /** Name of the field whose values are the series. */
  title?: string | undefined;
  names: readonly string[];
  color: (name: string) => string;
  hidden: ReadonlySet<string>;
  onToggle: (name: string) => void;
}) {
  return (
    <div className={classes.legend}>
      {title !== undefined && <span className={classes.legendTitle}>{title}</span>}
      {names.map((name) => (
        <UnstyledButton
          key={name}
          className={classes.key}
          aria-pressed={!hidden.has(name)}
          title={name}
          onClick={() => {
            onToggle(name);
          }}
        >
          <span className={classes.swatch} style={{ background: color(name) }} />
          <span className={classes.name}>{name}</span>
        </UnstyledButton>
      ))}
    </div>
  );
}
