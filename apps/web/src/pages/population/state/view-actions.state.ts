import type { Scatterplot } from '@noema/scatterplot';
import { useShortcut } from '../../../parts/shortcuts/shortcuts.js';
import { isGrid } from '../pictures/picture-mode.js';
import type { PlotMode } from '../plot/plot-controller.js';
import type { MapChoice } from '../maps/map-choice.js';
import type { VersionChoice } from '../maps/version-choice.js';
import { CHANGE, changeColumn, isChange } from '../points/column.js';
import type { ViewStore } from './view.state.js';

export interface ViewActionsOptions {
  readonly store: ViewStore;
  readonly plots: readonly (Scatterplot | undefined)[];
  readonly runId: string;
  readonly choice: MapChoice;
  /** Epochs that have a map, rising. */
  readonly available: readonly number[];
  /** Whether two maps can be shown side by side. */
  readonly hasBeside: boolean;
  readonly setMode: (mode: PlotMode) => void;
  readonly onPlay: () => void;
  /** To the next lower (1) or higher (−1) loss. */
  readonly onStep: (direction: 1 | -1) => void;
  /** Lets the selection go. */
  readonly onUnselect: () => void;
  /** Closes the sample that is open. */
  readonly onClose: () => void;
}

/** How a map shows what changed between two versions, and what it returns to. */
const CHANGE_LOOKS = { color: CHANGE, size: changeColumn('loss'), scale: undefined };
const LOSS_LOOKS = { color: 'loss', size: 'loss', scale: undefined };

/** The epoch before is the first choice, else the one after; without either the user chooses. */
function firstVersus(runId: string, epoch: number, available: readonly number[]): VersionChoice {
  const before = available.filter((one) => one < epoch).at(-1);
  if (before !== undefined) return { side: 'a', runId, epoch: before };
  const after = available.find((one) => one > epoch);
  return after === undefined ? { side: 'a', runId: '', epoch: 0 } : { side: 'b', runId, epoch: after };
}

/** The actions of the buttons of the population, and of the keys that do the same. */
export function useViewActions({
  store,
  plots,
  runId,
  choice,
  available,
  hasBeside,
  setMode,
  onPlay,
  onStep,
  onUnselect,
  onClose,
}: ViewActionsOptions) {
  const { set } = store;
  const toggle = {
    density: () => {
      set({ density: !store.state.density }, 'replace');
    },
    pictures: () => {
      set({ pictures: store.state.pictures === 'dots' ? 'none' : 'dots' }, 'replace');
    },
    grid: () => {
      set({ pictures: isGrid(store.state.pictures) ? 'dots' : 'middle' }, 'replace');
    },
    labels: () => {
      set({ labels: !store.state.labels }, 'replace');
    },
    beside: () => {
      const before = available.filter((epoch) => epoch < choice.epoch).at(-1);
      set({
        beside: store.state.beside === undefined ? { ...choice, epoch: before ?? choice.epoch } : undefined,
      });
    },
    versions: () => {
      const { versus, filters } = store.state;
      set(
        versus === undefined
          ? { versus: firstVersus(runId, choice.epoch, available), ...CHANGE_LOOKS, right: true }
          : { versus: undefined, ...LOSS_LOOKS, filters: filters.filter(({ column }) => !isChange(column)) },
      );
    },
    samples: () => {
      const { samples, selection } = store.state;
      set({ samples: samples !== '' ? '' : selection === '' ? 'shown' : 'selected' }, 'replace');
    },
    left: () => {
      set({ left: !store.state.left }, 'replace');
    },
    right: () => {
      set({ right: !store.state.right }, 'replace');
    },
    fit: () => {
      for (const plot of plots) plot?.fit();
    },
  };
  useShortcut(' ', 'Play or pause the epochs', onPlay, { enabled: available.length > 1 });
  useShortcut('v', 'Move the map', () => {
    setMode('pan');
  });
  useShortcut('l', 'Lasso', () => {
    setMode('lasso');
  });
  useShortcut('r', 'Select a rectangle', () => {
    setMode('rectangle');
  });
  useShortcut('0', 'Show the whole map', toggle.fit);
  useShortcut('d', 'Density instead of dots', toggle.density);
  useShortcut('i', 'Pictures at their dots, when few samples are in view', toggle.pictures);
  useShortcut('g', 'Grid of pictures over the map', toggle.grid);
  useShortcut('c', 'Class names on the map', toggle.labels);
  useShortcut('n', 'Next worst sample of what is shown', () => {
    onStep(1);
  });
  useShortcut('p', 'Previous worst sample', () => {
    onStep(-1);
  });
  useShortcut('b', 'Two maps side by side', toggle.beside, { enabled: hasBeside });
  useShortcut('k', 'Compare with another version', toggle.versions);
  useShortcut('s', 'Samples as pictures below the map', toggle.samples);
  useShortcut('[', 'Fold the left panel', toggle.left);
  useShortcut(']', 'Fold the right panel', toggle.right);
  useShortcut('Escape', 'Clear the selection, then close the sample', () => {
    if (store.state.selection !== '') onUnselect();
    else onClose();
  });
  return toggle;
}
