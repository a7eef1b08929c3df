import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { MapCatalog } from '../maps/map-catalog.js';
import type { ViewStore } from '../state/view.state.js';

/** A population and its view. */
export interface PopulationProps {
  readonly projectId: string;
  readonly run: Run;
  readonly version: DatasetVersion;
  readonly catalog: MapCatalog;
  readonly history: readonly Epoch[];
  readonly store: ViewStore;
  readonly notices: readonly string[];
  readonly onChanged: () => void;
}
