import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftExpand, IconLayoutSidebarRightExpand } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { FilterChipsView } from './filter-chips.view.js';
import type { Filter } from '../selection/filters.js';
import styles from '../style/population.module.css';

export interface TopProps {
  readonly left: boolean;
  readonly right: boolean;
  readonly filters: readonly Filter[];
  readonly onLeft: () => void;
  readonly onRight: () => void;
  readonly onFilters: (filters: readonly Filter[]) => void;
  /** The search. */
  readonly children: ReactNode;
}

/** What lies over the upper edge of the map: the search, the active filters, and the folded panels. */
export function TopView({ left, right, filters, onLeft, onRight, onFilters, children }: TopProps) {
  return (
    <div className={styles.top}>
      {!left && (
        <ActionIcon variant="default" size={32} aria-label="Unfold the left panel" onClick={onLeft}>
          <IconLayoutSidebarLeftExpand size={17} />
        </ActionIcon>
      )}
      {children}
      <FilterChipsView filters={filters} onFilters={onFilters} />
      {!right && (
        <Tooltip label="Unfold the right panel (])">
          <ActionIcon
            variant="default"
            size={32}
            ml="auto"
            aria-label="Unfold the right panel"
            onClick={onRight}
          >
            <IconLayoutSidebarRightExpand size={17} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
