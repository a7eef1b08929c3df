import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftExpand, IconLayoutSidebarRightExpand } from '@tabler/icons-react';
import { FilterChipsView } from './filter-chips.view.js';
import styles from '../style/population.module.css';
import { usePopulation } from '../model/population-context.js';
import { MapHintView } from './map-hint.view.js';
import { SearchBoxView } from './search-box.view.js';

/** The search, the active filters, the folded panels and the hint, over the upper edge of the map. */
export function TopView() {
  const { state, version, scope, filters, setFilters, toggle } = usePopulation();
  return (
    <div className={styles.top}>
      {!state.left && (
        <ActionIcon variant="default" size={32} aria-label="Unfold the left panel" onClick={toggle.left}>
          <IconLayoutSidebarLeftExpand size={17} />
        </ActionIcon>
      )}
      {scope !== undefined && <SearchBoxView scope={scope} />}
      <FilterChipsView datasetVersionId={version.id} filters={filters} onFilters={setFilters} />
      {scope !== undefined && <MapHintView />}
      {!state.right && (
        <Tooltip label="Unfold the right panel (])">
          <ActionIcon
            variant="default"
            size={32}
            ml="auto"
            aria-label="Unfold the right panel"
            onClick={toggle.right}
          >
            <IconLayoutSidebarRightExpand size={17} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
