import { ActionIcon, Tooltip } from '@mantine/core';
import {
  IconArrowsDiff,
  IconArrowsMove,
  IconChartBar,
  IconFocusCentered,
  IconGrain,
  IconLasso,
  IconLayoutColumns,
  IconLayoutGrid,
  IconMarquee2,
  IconPhoto,
  IconLibraryPhoto,
  IconTag,
  IconTags,
} from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link, useParams } from 'react-router-dom';
import { links } from '../../../parts/address/links.js';
import styles from '../style/population.module.css';
import { usePopulation } from '../model/population-context.js';
import { isGrid } from '../pictures/picture-mode.js';

const ExportMenuView = lazy(async () => ({
  default: (await import('../export/export-menu.view.js')).ExportMenuView,
}));

/** The actions of the map, in reach of the map. */
export function ToolbarView() {
  const { state, mode, setMode, scope, besideChoice, isPlaced, toggle, version } = usePopulation();
  const { projectId = '', runId = '' } = useParams();
  const noPictures = version.visualizers.length === 0 ? 'The data have no visualizer' : undefined;
  return (
    <div className={styles.tools} role="toolbar" aria-label="Map" aria-orientation="vertical">
      <div className={styles.toolgroup}>
        <Tool
          label="Move the map (V)"
          on={mode === 'pan'}
          onClick={() => {
            setMode('pan');
          }}
        >
          <IconArrowsMove size={18} />
        </Tool>
        <Tool
          label="Lasso (L); Shift adds, Alt removes"
          on={mode === 'lasso'}
          onClick={() => {
            setMode('lasso');
          }}
        >
          <IconLasso size={18} />
        </Tool>
        <Tool
          label="Rectangle (R)"
          on={mode === 'rectangle'}
          onClick={() => {
            setMode('rectangle');
          }}
        >
          <IconMarquee2 size={18} />
        </Tool>
      </div>
      <div className={styles.toolgroup}>
        <Tool label="Show everything (0)" onClick={toggle.fit}>
          <IconFocusCentered size={18} />
        </Tool>
        <Tool label="Density instead of dots (D)" on={state.density} onClick={toggle.density}>
          <IconGrain size={18} />
        </Tool>
        <Tool
          label="Pictures at their dots (I)"
          on={state.pictures === 'dots'}
          off={noPictures}
          onClick={toggle.pictures}
        >
          <IconPhoto size={18} />
        </Tool>
        <Tool label="Grid of pictures (G)" on={isGrid(state.pictures)} off={noPictures} onClick={toggle.grid}>
          <IconLibraryPhoto size={18} />
        </Tool>
        <Tool label="Names at their clusters (C)" on={state.labels} onClick={toggle.labels}>
          {state.labels ? <IconTags size={18} /> : <IconTag size={18} />}
        </Tool>
      </div>
      <div className={styles.toolgroup}>
        <Tool
          label="Two maps side by side (B)"
          on={besideChoice !== undefined}
          off={
            isPlaced
              ? 'Maps side by side show the same samples: first choose “nothing” under “Placed on it”'
              : undefined
          }
          onClick={toggle.beside}
        >
          <IconLayoutColumns size={18} />
        </Tool>
        <Tool
          label="Compare with another version (K)"
          on={state.versus !== undefined}
          onClick={toggle.versions}
        >
          <IconArrowsDiff size={18} />
        </Tool>
        <Tool label="Samples below the map (S)" on={state.samples !== ''} onClick={toggle.samples}>
          <IconLayoutGrid size={18} />
        </Tool>
        <Tooltip label="Evaluation: metrics, confusions and curves" position="right" openDelay={300}>
          <ActionIcon
            component={Link}
            to={links.evaluation(projectId, runId, { epoch: state.map.epoch || undefined })}
            size={30}
            variant="subtle"
            color="gray"
            aria-label="Evaluation"
          >
            <IconChartBar size={18} />
          </ActionIcon>
        </Tooltip>
        {scope !== undefined && (
          <Suspense fallback={<div style={{ height: 30 }} />}>
            <ExportMenuView scope={scope} />
          </Suspense>
        )}
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
