import { ActionIcon, Tooltip } from '@mantine/core';
import {
  IconArrowsMove,
  IconFocusCentered,
  IconGrain,
  IconLasso,
  IconLayoutColumns,
  IconMarquee2,
  IconTag,
  IconTags,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { PlotMode } from '../plot/plot.view.js';
import styles from '../style/population.module.css';

export interface ToolbarProps {
  readonly mode: PlotMode;
  readonly density: boolean;
  readonly labels: boolean;
  readonly isBeside: boolean;
  /** Why two maps cannot be shown; undefined where they can. */
  readonly noBeside: string | undefined;
  readonly onMode: (mode: PlotMode) => void;
  readonly onFit: () => void;
  readonly onDensity: () => void;
  readonly onLabels: () => void;
  readonly onBeside: () => void;
  /** The menu of exports. */
  readonly children: ReactNode;
}

/** What can be done with the map, in reach of the map. */
export function ToolbarView({
  mode,
  density,
  labels,
  isBeside,
  noBeside,
  onMode,
  onFit,
  onDensity,
  onLabels,
  onBeside,
  children,
}: ToolbarProps) {
  return (
    <div className={styles.tools} role="toolbar" aria-label="Map" aria-orientation="vertical">
      <div className={styles.toolgroup}>
        <Tool
          label="Move the map (V)"
          on={mode === 'pan'}
          onClick={() => {
            onMode('pan');
          }}
        >
          <IconArrowsMove size={18} />
        </Tool>
        <Tool
          label="Lasso (L); Shift adds, Alt removes"
          on={mode === 'lasso'}
          onClick={() => {
            onMode('lasso');
          }}
        >
          <IconLasso size={18} />
        </Tool>
        <Tool
          label="Rectangle (R)"
          on={mode === 'rectangle'}
          onClick={() => {
            onMode('rectangle');
          }}
        >
          <IconMarquee2 size={18} />
        </Tool>
      </div>
      <div className={styles.toolgroup}>
        <Tool label="Show everything (0)" onClick={onFit}>
          <IconFocusCentered size={18} />
        </Tool>
        <Tool label="Density instead of dots (D)" on={density} onClick={onDensity}>
          <IconGrain size={18} />
        </Tool>
        <Tool label="Names at their clusters (C)" on={labels} onClick={onLabels}>
          {labels ? <IconTags size={18} /> : <IconTag size={18} />}
        </Tool>
      </div>
      <div className={styles.toolgroup}>
        <Tool label="Two maps side by side (B)" on={isBeside} off={noBeside} onClick={onBeside}>
          <IconLayoutColumns size={18} />
        </Tool>
        {children}
      </div>
    </div>
  );
}

function Tool({
  label,
  on,
  off,
  onClick,
  children,
}: {
  label: string;
  on?: boolean /** Why it cannot be used. */;
  off?: string | undefined;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={off ?? label} position="right" openDelay={300}>
      <ActionIcon
        size={30}
        variant={on === true ? 'light' : 'subtle'}
        color={on === true ? 'noema' : 'gray'}
        aria-label={label.replace(/ \(.*$/, '')}
        aria-pressed={on}
        {...(off !== undefined ? { 'data-disabled': true, 'aria-disabled': true } : { onClick })}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
