import type { MapCatalog } from './map-catalog.js';
import type { MapChoice } from './map-choice.js';

const SPACES: Readonly<Record<string, string>> = {
  all: 'All layers',
  appearance: 'Appearance · early layers',
  concept: 'Concept · late layers',
};

/** A perception space as people read it. */
export const spaceTitle = (name: string): string =>
  SPACES[name] ?? (name.startsWith('layer/') ? `Layer ${name.slice('layer/'.length)}` : name);

/** Title of a choice. */
export const mapTitle = (catalog: MapCatalog, { algorithm, dimensions, space, epoch }: MapChoice): string =>
  `${catalog.algorithmTitle(algorithm)} in ${dimensions}-D of ${spaceTitle(space)}, epoch ${epoch}`;
