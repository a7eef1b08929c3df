import { ActionIcon, Box, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftExpand, IconLayoutSidebarRightExpand } from '@tabler/icons-react';
import { FaultView } from '../../../parts/fault.view.js';
import { FilterChipsView } from './filter-chips.view.js';
import styles from '../style/population.module.css';
import { usePopulation } from '../model/population-context.js';
import { MapHintView } from './map-hint.view.js';
import { SearchBoxView } from './search-box.view.js';

/** The search, the active filters, the folded panels, the hint and what is missing, over the upper edge of the map. */
export function TopView() {
  const { state, version, scope, filters, setFilters, toggle, points, beside } = usePopulation();
  const missing = [points, beside].find(({ error }) => error !== null);
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
      {missing !== undefined && (
        <Box className={styles.missing}>
          <FaultView
            title="Colors, sizes or filters could not be loaded"
            error={missing.error}
            retry={() => void missing.retry()}
          />
        </Box>
      )}
    </div>
  );
}
